// Bodies with a bound, for whatever strangers send or serve.

/**
 * Reads the body of a request or an answer up to `limit` bytes and stops there: a longer body costs no more memory than
 * a legal one. By default invalid UTF-8 becomes U+FFFD, as in the reference, and a byte order mark is kept, so that JSON
 * refuses it.
 *
 * @throws {TypeError} for invalid UTF-8 where `decoder` is fatal
 */
export async function readCappedBody(
  message: Pick<Request, "headers" | "body">,
  limit: number,
  decoder: TextDecoder = new TextDecoder("utf-8", { ignoreBOM: true }),
): Promise<CappedBody> {
  if (Number(message.headers.get("content-length") ?? 0) > limit) {
    await message.body?.cancel();
    return { ok: false };
  }
  if (message.body === null) return { ok: true, text: "" };
  let length = 0;
  let text = "";
  for await (const chunk of message.body) {
    length += chunk.length;
    if (length > limit) return { ok: false }; // leaving the loop cancels the stream
    text += decoder.decode(chunk, { stream: true });
  }
  return { ok: true, text: text + decoder.decode() };
}

/** A body as text; not ok when it is longer than allowed. */
export type CappedBody = { readonly ok: true; readonly text: string } | { readonly ok: false };
