// Makes a view of one HTML document: checks it once, and names it by its bytes. A view is what a host shows in a frame beside a
// tool's result (MCP Apps, 2026-01-26). How it is served is resources/view_resources.ts; what it looks like is its author's.
import { hash } from "node:crypto";
import { utf8Bytes } from "../../kit/bytes/utf8_bytes.ts";
import { findForeign } from "./find_foreign.ts";

/** One view, as tools/views.ts lists it. */
export interface View {
  /** What a tool names it by. */
  readonly name: string;
  /** For people, in hosts that list what a server shows. */
  readonly title: string;
  /** One sentence on what the frame shows: some hosts hand it to the model, which then says less about the same. */
  readonly description: string;
  /** The whole document. It needs nothing besides. */
  readonly html: string;
  /** First 12 hex digits of the SHA-256 of `html` in UTF-8. */
  readonly hash: string;
  /** `ui://mana/NAME@HASH`. Hosts keep documents by address, so another document has another address. */
  readonly uri: string;
}

/** What the author of a view writes. */
export type ViewDefinition = Pick<View, "name" | "title" | "description" | "html">;

/** The largest document, in bytes of UTF-8: it is sent to each new frame, and phones load it too. */
export const MAX_VIEW_BYTES = 40_000;

/** What a view's name may be: a part of an address that needs no encoding. */
const VIEW_NAME = /^[a-z_]+$/;
/** Hex digits of a hash. */
const HASH_DIGITS = 12;

/**
 * Checks a view. Throws TypeError for a name that is no word, for a document that is too large or does not begin as HTML5 has it, and
 * for a document with a reference to elsewhere or with code in an attribute.
 */
export function defineView({ name, title, description, html }: ViewDefinition): View {
  const refuse = (why: string): never => {
    throw new TypeError(`Cannot define view ${JSON.stringify(name)}: ${why}`);
  };
  if (!VIEW_NAME.test(name)) refuse("expected lower-case letters and underscores");
  const bytes = utf8Bytes(html);
  if (bytes > MAX_VIEW_BYTES) refuse(`its document is too large: ${bytes} of ${MAX_VIEW_BYTES} bytes`);
  // Without it browsers lay the page out as in 1998, and the specification asks for valid HTML5.
  if (!/^<!doctype html>/i.test(html)) refuse("its document has to begin with <!doctype html>");
  const foreign = findForeign(html);
  if (foreign !== null) refuse(foreign);
  const digest = hash("sha256", html, "hex").slice(0, HASH_DIGITS);
  return Object.freeze({ name, title, description, html, hash: digest, uri: `ui://mana/${name}@${digest}` });
}
