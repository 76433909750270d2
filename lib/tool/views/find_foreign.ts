// Finds in a view's document what would load, send or run something from elsewhere. The view's frame would block it as well
// (`csp` without any domain), but silently and at the person's: here it stops the start. The documents are our own, and the
// check guards against a mistake and not against their author.
import { tagsOf } from "./tags_of.ts";

/** Why a document is not self-contained, in words; null where nothing was found. */
export function findForeign(html: string): string | null {
  const plain = html.replaceAll(NAMESPACE, "");
  const address = ADDRESS.exec(plain);
  if (address !== null) {
    return `its document names an address elsewhere, ${shown(plain.slice(address.index))}`;
  }
  for (const { index } of html.matchAll(CSS_REFERENCE)) {
    const target = html.slice(html.indexOf("(", index) + 1, index + 80).trimStart();
    if (
      html[index] === "@" ||
      !isInside(target.startsWith('"') || target.startsWith("'") ? target.slice(1) : target)
    ) {
      return `a style of its document loads ${shown(html.slice(index))}`;
    }
  }
  for (const { element, attributes } of tagsOf(html)) {
    if (FOREIGN_ELEMENTS.has(element)) return `its document has a <${element}>`;
    for (const [name, value] of attributes) {
      // A policy with hashes runs no attribute's code: a button of that kind would be dead in every host.
      if (/^on[a-z]/.test(name)) return `its document has code in an attribute, ${name}= of <${element}>`;
      if (REFERRING.has(name) && !isInside(value)) {
        return `its document refers to ${shown(value)} by ${name}=`;
      }
    }
  }
  return null;
}

/** Names of XML vocabularies, which `createElementNS` takes and nobody loads. */
const NAMESPACE = /http:\/\/www\.w3\.org\/(?:2000\/svg|1999\/xhtml|1999\/xlink|1998\/Math\/MathML)/g;
const ADDRESS = /(?:https?|wss?|ftp):\/\//i;
const CSS_REFERENCE = /\burl\(|@import/gi;

/** Elements that load, embed or lead elsewhere whatever their attributes say. */
const FOREIGN_ELEMENTS: ReadonlySet<string> = new Set(["base", "embed", "frame", "iframe", "link", "object"]);
/** Attributes whose value is an address. */
const REFERRING: ReadonlySet<string> = new Set([
  ...[
    "action",
    "background",
    "cite",
    "data",
    "formaction",
    "href",
    "ping",
    "poster",
    "src",
    "srcset",
    "xlink:href",
  ],
]);

/** Whether a reference stays in the document: a place in it, or an image that it holds itself. */
function isInside(reference: string): boolean {
  const begin = reference.trimStart().slice(0, 11).toLowerCase();
  return begin.startsWith("#") || begin.startsWith("data:image/");
}

function shown(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
