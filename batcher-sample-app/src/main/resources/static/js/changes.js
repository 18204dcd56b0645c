// Reports the changes between two snapshots.

import { number, tell } from './page.js';

const MANY = 1000;

export class Changes {
  #last = null;
  #most = 0;

  /** Forgets the previous snapshot, for a gateway that was restarted. */
  startAnew() {
    this.#last = null;
    this.#most = 0;
  }

  see(now) {
    const last = this.#last;
    this.#last = now;
    if (last === null) {
      return;
    }
    this.#cloud(last, now);
    this.#batcher(last, now);
    this.#queue(now);
  }

  #cloud({ cloud: last }, { cloud: now }) {
    if (last.broken !== now.broken) {
      tell(now.broken ? 'The cloud is broken: every call fails.' : 'The cloud is repaired.', now.broken ? 'bad' : 'good');
    }
    if (last.latencyMillis !== now.latencyMillis) {
      tell(`A call to the cloud takes ${number(now.latencyMillis)} ms now.`, 'warn');
    }
  }

  #batcher({ batcher: last }, { batcher: now, flushes }) {
    if (last.state !== now.state) {
      tell(`The batcher is ${now.state.toLowerCase()}.`, now.state === 'RUNNING' ? 'good' : 'warn');
    }
    for (const { handled, attempt, size } of flushes) {
      if (!handled && isPowerOfTwo(attempt)) {
        tell(`Attempt ${attempt} with the same ${number(size)} readings failed; all are kept.`, 'bad');
      }
      if (handled && attempt > 1) {
        tell(`Attempt ${attempt} succeeded.`, 'good');
      }
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

/** Attempts 1, 2, 4, 8 ...: limits the number of events in a long outage. */
const isPowerOfTwo = attempt => (attempt & (attempt - 1)) === 0;
