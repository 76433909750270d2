import { isDocumentId } from "./client_documents.ts";
import type { Client } from "./client_store.ts";
import { redirectKind } from "./redirect_uri.ts";

/**
 * Whether two clients are the same app to a person. An app that starts on another port registers anew (RFC 8252, section
 * 7.3), with the same name and, but for the port, the same addresses. A client known by the URL of a document is every
 * installation at once, and the same as itself alone. It is a matter of order on the page: nothing is proved by it.
 */
export function isSameApp(one: Client, other: Client): boolean {
  if (one.id === other.id) return true;
  if (isDocumentId(one.id) || isDocumentId(other.id) || one.name !== other.name) return false;
  const places = placesOf(one);
  return places.size === placesOf(other).size && placesOf(other).isSubsetOf(places);
}

/** Where the app is answered, without the ports of programs on this computer. */
function placesOf({ redirectUris }: Client): Set<string> {
  return new Set(redirectUris.map((uri) => {
    if (redirectKind(uri) !== "loopback") return uri;
    const url = new URL(uri);
    url.port = "";
    return url.href;
  }));
}
