import assert from "node:assert/strict";

/** A piece of text that can be found again in every form in which text gets into other text. */
export interface Mark {
  readonly text: string;
  /** Names of the forms in which `haystack` holds the mark. */
  in(haystack: string): string[];
}

/** Creates a mark of letters and digits, so that it passes as a name, an id, a header and a token alike. */
export function createMark(purpose: string): Mark {
  const text = `Sntl${purpose}7f3aQx`;
  assert.match(text, /^[A-Za-z0-9]{12,}$/);
  const bytes = new TextEncoder().encode(text);
  const forms: Record<string, string> = {
    plain: text.toLowerCase(),
    reversed: [...text].reverse().join("").toLowerCase(),
    hex: bytes.toHex(),
    percent: [...bytes].map((byte) => `%${byte.toString(16)}`).join(""),
    escapes: [...text].map((char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`).join(""),
    entities: [...text].map((char) => `&#${char.charCodeAt(0)};`).join(""),
  };
  // The form of base64 depends on what stands before; its first and last characters also on what is around.
  for (const shift of [0, 1, 2]) {
    const shifted = new Uint8Array([...new Uint8Array(shift), ...bytes]);
    const core = shifted.toBase64().replaceAll("=", "").slice(shift === 0 ? 0 : 4, -2);
    forms[`base64 at ${shift}`] = core;
    forms[`base64url at ${shift}`] = core.replaceAll("+", "-").replaceAll("/", "_");
  }
  const isCased = (name: string) => name.startsWith("base64");
  return {
    text,
    in(haystack) {
      const folded = haystack.toLowerCase();
      return Object.entries(forms)
        .filter(([name, form]) => (isCased(name) ? haystack : folded).includes(form)).map(([name]) => name);
    },
  };
}

/** Asserts that none of the marks is in any of the texts, in any form. */
export function assertUnmarked(marks: readonly Mark[], texts: Readonly<Record<string, string>>): void {
  for (const [where, text] of Object.entries(texts)) {
    for (const mark of marks) {
      const found = mark.in(text);
      assert.deepEqual(found, [], `${mark.text} is in ${where}: ${around(text, mark)}`);
    }
  }
}

function around(text: string, mark: Mark): string {
  return text.split("\n").filter((line) => mark.in(line).length > 0).slice(0, 2).join("\n").slice(0, 1_000);
}
