// The text of an answer, and no more of it than so many characters: a server that never ends must not fill the memory.

/** The text of an answer; undefined where it is too long. */
export async function readCapped(response: Response, maxCharacters: number): Promise<string | undefined> {
  let text = "";
  for await (const part of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += part;
    if (text.length > maxCharacters) return undefined;
  }
  return text;
}
