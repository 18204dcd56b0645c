// The stream of snapshots. The browser reconnects by itself after a lost connection, but not after a response that is not
// a stream (a gateway that shuts down responds with 503); this module does.

const AGAIN_AFTER_MILLIS = 2000;

/**
 * Listens until the page is closed.
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
