// Calls to the gateway.

/** An answer that is no success; `status` says which, the message is for people. */
export class Refused extends Error {
  constructor(status, detail, retryAfter) {
    super(detail);
    this.status = status;
    this.retryAfterMillis = 1000 * (Number(retryAfter) || 1);
  }
}

/** Calls the gateway, and returns the JSON that it answers. */
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
