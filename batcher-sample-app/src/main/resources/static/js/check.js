// Reads back what the cloud has stored, and compares it with what this page has sent.

import { call } from './http.js';

const PAGE = 10_000;

export class Check {
  #sensor;
  #name = '';
  #offset = null;
  #busy = false;
  found = 0;
  wrong = 0;

  /** @param {import('./sensor.js').Sensor} sensor whose readings are looked for */
  constructor(sensor) {
    this.#sensor = sensor;
  }

  /** Goes on from here: what is stored already is somebody else's. */
  async startHere() {
    this.#offset = (await call('GET', 'api/readings/count')).count;
  }

  get isWanted() {
    return this.#offset !== null && !this.#busy && this.#isOther();
  }

  get isGood() {
    return this.#name === this.#sensor.name && this.wrong === 0 && this.found === this.#sensor.sent;
  }

  /** Reads what is new; each of the sensor's readings must be the one that follows the last. */
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
