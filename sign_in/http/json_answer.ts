// The one way to answer JSON. No cache may keep an answer: everything here is about one person.

/** A JSON answer with `Cache-Control: no-store`. */
export function jsonAnswer(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/json", "cache-control": "no-store", ...headers },
  });
}
