// The text of a response, up to a limit: whoever answers must not decide how much memory the runner takes.

/** The text; null where it is longer than `bytes`. Bytes that are no UTF-8 become replacement characters. */
export async function readAtMost(response: Response, bytes: number): Promise<string | null> {
  if (response.body === null) return "";
  const decoder = new TextDecoder();
  const parts: string[] = [];
  let length = 0;
  for await (const chunk of response.body) {
    length += chunk.length;
    if (length > bytes) return null; // leaving the loop cancels the body
    parts.push(decoder.decode(chunk, { stream: true }));
  }
  return [...parts, decoder.decode()].join("");
}
