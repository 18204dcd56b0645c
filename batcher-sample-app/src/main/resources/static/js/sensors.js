// The sensors of this page. They send numbered readings in turn over HTTP, and back off and retry when the gateway responds with 429.

import { call, Refused } from './http.js';

const PER_CALL = 500;
const MOST_HELD = 100_000;

/** The number of sensors. */
export const SENSORS = 8;

const pause = millis => new Promise(resolve => setTimeout(resolve, millis));

export class Sensors {
  sent = 0;
  held = 0;
  toldToWait = 0;
  waits = false;
  name = '';
  #start = 0;
  #running = false;
  #tell;

  /** @param {(event: 'full' | 'room' | 'trouble', detail?: string) => void} tell called for each event */
  constructor(tell) {
    this.#tell = tell;
    this.startAnew();
  }

  get isSending() {
    return this.#running;
  }

  /** Starts with new sensors, which have sent nothing. */
  startAnew() {
    this.name = `page-${crypto.getRandomValues(new Uint32Array(1))[0].toString(36)}`;
    this.#start = Date.now();
    this.sent = 0;
  }

  /** Sends more readings, after those that are held back. */
  async send(count) {
    if (this.held + count > MOST_HELD) {
      this.#tell('trouble', `${this.held} readings are held back already, which is the limit.`);
      return;
    }
    this.held += count;
    if (this.#running) {
      return;
    }
    this.#running = true;
    try {
      while (this.held > 0) {
        await this.#sendSome(Math.min(PER_CALL, this.held));
      }
    } catch (error) {
      this.#giveUp(error);
    } finally {
      this.#running = false;
      this.waits = false;
    }
  }

  /** Returns whether one of these sensors has sent a stored reading. */
  have(reading) {
    return reading.sensor.startsWith(`${this.name}-`);
  }

  /** Returns the number of a stored reading: 0 for the first that was sent. */
  numberOf(reading) {
    return Date.parse(reading.at) - this.#start;
  }

  async #sendSome(count) {
    const { name } = this;
    try {
      await call('POST', 'api/readings', this.#readings(count));
      this.held -= count;
      this.sent += name === this.name ? count : 0; // Not if there are new sensors meanwhile.
      if (this.waits) {
        this.waits = false;
        this.#tell('room');
      }
    } catch (error) {
      if (error.status !== 429) {
        throw error;
      }
      this.toldToWait++;
      if (!this.waits) {
        this.waits = true;
        this.#tell('full');
      }
      await pause(error.retryAfterMillis);
    }
  }

  #readings(count) {
    return Array.from({ length: count }, (_, i) => ({
      sensor: `${this.name}-${(this.sent + i) % SENSORS}`,
      temperature: Math.round(2100 + 400 * Math.sin((this.sent + i) / 200)) / 100,
      at: new Date(this.#start + this.sent + i).toISOString(),
    }));
  }

  /** Without a response the outcome of the last readings is unknown, so later readings need new names of sensors. */
  #giveUp(error) {
    const known = error instanceof Refused;
    this.#tell('trouble', known
      ? `${this.held} readings were not sent: ${error.message}.`
      : `The gateway does not respond; the outcome of ${this.held} readings is unknown.`);
    this.held = 0;
    if (!known) {
      this.startAnew();
    }
  }
}
