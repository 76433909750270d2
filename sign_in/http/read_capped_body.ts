// Bodies with a bound, for whatever strangers send or serve.

/**
 * Reads the body of a request or an answer up to `limit` bytes and stops there: a longer body costs no more memory than
 * a legal one. The end of a longer body is not waited for: the body of a clone ends only with the body of the original, which
 * may never be read. By default invalid UTF-8 becomes U+FFFD, as in the reference, and a byte order mark is kept, so that JSON
 * refuses it.
 *
 * @throws {TypeError} for invalid UTF-8 where `decoder` is fatal
 */
export async function readCappedBody(
  message: Pick<Request, "headers" | "body">,
  limit: number,
  { decoder = new TextDecoder("utf-8", { ignoreBOM: true }), signal }: CappedBodyOptions = {},
): Promise<CappedBody> {
  if (message.body === null) return { ok: true, text: "" };
  const reader = message.body.getReader();
  const isTooLong = Number(message.headers.get("content-length") ?? 0) > limit;
  if (isTooLong || signal?.aborted) return leave(reader);
  const stop = () => void leave(reader); // ends a read that waits
  signal?.addEventListener("abort", stop);
  try {
    let length = 0;
    let text = "";
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      length += part.value.length;
      if (length > limit) return leave(reader);
      text += decoder.decode(part.value, { stream: true });
    }
    return signal?.aborted ? { ok: false } : { ok: true, text: text + decoder.decode() };
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}

function leave(reader: ReadableStreamDefaultReader<Uint8Array>): CappedBody {
  reader.cancel().catch(() => {}); // the sender is gone: nothing is left to cancel
  return { ok: false };
}

/** How a body is read. */
export interface CappedBodyOptions {
  readonly decoder?: TextDecoder;
  /** Ends the reading: an answer that drips for ever is as good as none. */
  readonly signal?: AbortSignal;
}

/** A body as text; not ok when it is longer than allowed, or was not whole in time. */
export type CappedBody = { readonly ok: true; readonly text: string } | { readonly ok: false };
