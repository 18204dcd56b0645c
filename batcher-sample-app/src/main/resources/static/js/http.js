// Calls to the gateway.

/** An error response with its `status`; the message is shown to users. */
export class Refused extends Error {
  constructor(status, detail, retryAfter) {
    super(detail);
    this.status = status;
    this.retryAfterMillis = 1000 * (Number(retryAfter) || 1);
  }
}

/** Calls the gateway, and returns the JSON of the response. */
export async function call(method, path, body) {
  const response = await fetch(path, {
    method,
    headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) {
    const detail = answer.detail ?? answer.outcome ?? `the gateway answered ${response.status}`;
    throw new Refused(response.status, detail, response.headers.get('Retry-After'));
  }
  return answer;
}
