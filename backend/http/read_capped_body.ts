/**
 * Reads a body up to `limit` bytes and stops there: a longer one costs no more memory than a legal one.
 * Invalid UTF-8 becomes U+FFFD, as in the reference; a byte order mark is kept, so that JSON refuses it.
 */
export async function readCappedBody(request: Request, limit: number): Promise<CappedBody> {
  if (Number(request.headers.get("content-length") ?? 0) > limit) {
    await request.body?.cancel();
    return { ok: false };
  }
  if (request.body === null) return { ok: true, text: "" };
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let length = 0;
  let text = "";
  for await (const chunk of request.body) {
    length += chunk.length;
    if (length > limit) return { ok: false }; // leaving the loop cancels the stream
    text += decoder.decode(chunk, { stream: true });
  }
  return { ok: true, text: text + decoder.decode() };
}

/** A body as text, or the news that it is longer than allowed. */
export type CappedBody = { readonly ok: true; readonly text: string } | { readonly ok: false };
