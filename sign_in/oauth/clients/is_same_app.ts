// Whether two clients are the same app to a person. It orders the page; nothing is proved by it.
import { isDocumentId } from "./client_documents.ts";
import type { Client } from "./client_store.ts";
import { redirectKind } from "./redirect_uri.ts";

/**
 * An app that starts on another port registers anew (RFC 8252, section 7.3), with the same name and, but for the port,
 * the same addresses. A client known by the URL of a document stands for every installation at once, and is the same as
 * itself alone.
 */
export function isSameApp(client: KnownApp, other: KnownApp): boolean {
  if (client.id === other.id) return true;
  if (isDocumentId(client.id) || isDocumentId(other.id) || client.name !== other.name) return false;
  const places = placesOf(client);
  return places.size === placesOf(other).size && placesOf(other).isSubsetOf(places);
}

/** What tells one app from another. */
export type KnownApp = Pick<Client, "id" | "name" | "redirectUris">;

/** The redirect addresses, without the ports of programs on this computer. */
function placesOf({ redirectUris }: KnownApp): Set<string> {
  return new Set(redirectUris.map((uri) => {
    if (redirectKind(uri) !== "loopback") return uri;
    const url = new URL(uri);
    url.port = "";
    return url.href;
  }));
}
