// Reads the stored readings back, and compares them with those that this page has sent.

import { call } from './http.js';

const PAGE = 10_000;

export class Check {
  #sensor;
  #name = '';
  #offset = null;
  #busy = false;
  found = 0;
  wrong = 0;

  /** @param {import('./sensor.js').Sensor} sensor the sensor whose readings are checked */
  constructor(sensor) {
    this.#sensor = sensor;
  }

  /** Skips the readings that are stored already, which this page has not sent. */
  async startHere() {
    this.#offset = (await call('GET', 'api/readings/count')).count;
  }

  get isWanted() {
    return this.#offset !== null && !this.#busy && this.#isOther();
  }

  get isGood() {
    return this.#name === this.#sensor.name && this.wrong === 0 && this.found === this.#sensor.sent;
  }

  /** Reads new readings; each one of the sensor must follow the previous one. */
  async run() {
    this.#busy = true;
    try {
      this.#follow();
      let page;
      do {
        page = await call('GET', `api/readings?offset=${this.#offset}&limit=${PAGE}`);
        page.filter(reading => reading.sensor === this.#name).forEach(reading => this.#compare(reading));
        this.#offset += page.length;
      } while (page.length === PAGE);
    } finally {
      this.#busy = false;
    }
  }

  #isOther() {
    return this.#name !== this.#sensor.name || this.found !== this.#sensor.sent;
  }

  #follow() {
    if (this.#name !== this.#sensor.name) {
      this.#name = this.#sensor.name;
      this.found = 0;
      this.wrong = 0;
    }
  }

  #compare(reading) {
    if (this.#sensor.numberOf(reading) !== this.found) {
      this.wrong++;
    }
    this.found++;
  }
}
