// The stream of snapshots. The browser connects again by itself after a lost connection, but not after an answer that
// is no stream (a gateway that shuts down says 503); that is done here.

const AGAIN_AFTER_MILLIS = 2000;

/**
 * Listens for ever.
 *
 * @param {(snapshot: object) => void} onSnapshot
 * @param {(connected: boolean) => void} onConnection
 */
export function listen(onSnapshot, onConnection) {
  const source = new EventSource('api/events');
  source.onopen = () => onConnection(true);
  source.onmessage = event => onSnapshot(JSON.parse(event.data));
  source.onerror = () => {
    onConnection(false);
    if (source.readyState === EventSource.CLOSED) {
      setTimeout(() => listen(onSnapshot, onConnection), AGAIN_AFTER_MILLIS);
    }
  };
}
