// Reports the changes between two snapshots.

import { number, tell } from './page.js';

const MANY = 1000;

export class Changes {
  #last = null;
  #most = 0;
  #rests = 0;
  #attempt = 0;

  /** Forgets the previous snapshot, for a gateway that was restarted. */
  startAnew() {
    this.#last = null;
    this.#most = 0;
    this.#rests = 0;
    this.#attempt = 0;
  }

  see(now) {
    const last = this.#last;
    this.#last = now;
    if (last === null) {
      return;
    }
    this.#cloud(last, now);
    this.#batcher(last, now);
    this.#rest(last, now);
    this.#queue(now);
  }

  #cloud({ cloud: last }, { cloud: now }) {
    if (last.broken !== now.broken) {
      tell(now.broken ? 'The cloud is broken: every call fails.' : 'The cloud is repaired.', now.broken ? 'bad' : 'good');
    }
    if (last.limited !== now.limited) {
      tell(now.limited ? 'The cloud limits its rate: calls above it get 429 with Retry-After.' : 'The limit of the cloud is lifted.',
        now.limited ? 'warn' : 'good');
      this.#rests = 0;
    }
    if (last.latencyMillis !== now.latencyMillis) {
      tell(`A call to the cloud takes ${number(now.latencyMillis)} ms now.`, 'warn');
    }
  }

  #batcher({ batcher: last }, { batcher: now, flushes }) {
    if (last.state !== now.state) {
      tell(`The batcher is ${now.state.toLowerCase()}.`, now.state === 'RUNNING' ? 'good' : 'warn');
    }
    for (const { outcome, attempt, size } of flushes) {
      if (outcome === 'FAILED' && attempt > this.#attempt && isPowerOfTwo(attempt)) {
        this.#attempt = attempt; // The lanes fail one after the other.
        tell(`Attempt ${attempt} with the same ${number(size)} readings failed; all are kept.`, 'bad');
      }
      if (outcome === 'HANDLED' && attempt > 1 && this.#attempt > 0) {
        this.#attempt = 0;
        tell(`Attempt ${attempt} succeeded.`, 'good');
      }
    }
  }

  #rest({ batcher: last }, { batcher: now }) {
    if (now.throttled > last.throttled && isPowerOfTwo(++this.#rests)) {
      tell('The cloud responded with 429: the batcher rests as long as it asks to. This is no failed attempt.', 'warn');
    }
  }

  /** Reports a long queue that is empty again. */
  #queue({ batcher: { depth } }) {
    this.#most = Math.max(this.#most, depth);
    if (depth === 0 && this.#most > 0) {
      if (this.#most >= MANY) {
        tell(`The queue is empty again; it had grown to ${number(this.#most)}.`, 'good');
      }
      this.#most = 0;
    }
  }
}

/** Attempts or rests 1, 2, 4, 8 ...: limits the number of events in a long outage. */
const isPowerOfTwo = attempt => (attempt & (attempt - 1)) === 0;
