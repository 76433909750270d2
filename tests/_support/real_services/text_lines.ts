// A stream of texts as a stream of lines.

/** Splits texts at line feeds. What follows the last line feed is no line. */
export class TextLineStream extends TransformStream<string, string> {
  constructor() {
    let rest = "";
    super({
      transform(text, lines) {
        const parts = (rest + text).split("\n");
        rest = parts.pop() ?? "";
        for (const line of parts) lines.enqueue(line);
      },
    });
  }
}
