// Reads the stored readings back, and compares them with those that this page has sent.

import { call } from './http.js';
import { SENSORS } from './sensors.js';

const PAGE = 10_000;

export class Check {
  #sensors;
  #next = new Map();
  #name = '';
  #offset = null;
  #busy = false;
  found = 0;
  wrong = 0;

  /** @param {import('./sensors.js').Sensors} sensors the sensors whose readings are checked */
  constructor(sensors) {
    this.#sensors = sensors;
  }

  /** Skips the readings that are stored already, which this page has not sent. */
  async startHere() {
    this.#offset = (await call('GET', 'api/readings/count')).count;
  }

  get isWanted() {
    return this.#offset !== null && !this.#busy && this.#isOther();
  }

  get isGood() {
    return this.#name === this.#sensors.name && this.wrong === 0 && this.found === this.#sensors.sent;
  }

  /** Reads new readings; each one of a sensor must follow its previous one. */
  async run() {
    this.#busy = true;
    try {
      this.#follow();
      let page;
      do {
        page = await call('GET', `api/readings?offset=${this.#offset}&limit=${PAGE}`);
        page.filter(reading => this.#sensors.have(reading)).forEach(reading => this.#compare(reading));
        this.#offset += page.length;
      } while (page.length === PAGE);
    } finally {
      this.#busy = false;
    }
  }

  #isOther() {
    return this.#name !== this.#sensors.name || this.found !== this.#sensors.sent;
  }

  #follow() {
    if (this.#name !== this.#sensors.name) {
      this.#name = this.#sensors.name;
      this.#next.clear();
      this.found = 0;
      this.wrong = 0;
    }
  }

  #compare(reading) {
    const number = this.#sensors.numberOf(reading);
    const expected = this.#next.get(reading.sensor) ?? number % SENSORS;
    if (number !== expected) {
      this.wrong++;
    }
    this.#next.set(reading.sensor, expected + SENSORS);
    this.found++;
  }
}
