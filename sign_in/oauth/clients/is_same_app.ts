// Whether two clients are the same app to a person. It orders the page and the history; nothing is proved by it.
import { createHash } from "node:crypto";
import { isDocumentId } from "./client_documents.ts";
import type { Client } from "./client_store.ts";
import { redirectKind } from "./redirect_uri.ts";

/**
 * An app that starts on another port registers anew (RFC 8252, section 7.3), with the same name and, but for the port,
 * the same addresses. A client known by the URL of a document stands for every installation at once, and is the same as
 * itself alone.
 */
export function isSameApp(client: KnownApp, other: KnownApp): boolean {
  return client.id === other.id || appOf(client) === appOf(other);
}

/**
 * The same text for the same app, another for every other app: 43 characters of base64url. For the gateway, which tells apps apart
 * by it in what they wrote, also after they were connected anew.
 */
export function appKeyOf(client: KnownApp): string {
  return createHash("sha256").update(appOf(client)).digest("base64url");
}

/** What tells one app from another. */
export type KnownApp = Pick<Client, "id" | "name" | "redirectUris">;

/** What makes an app the same, as JSON. */
function appOf({ id, name, redirectUris }: KnownApp): string {
  return JSON.stringify(
    isDocumentId(id) ? { document: id } : { name, places: [...new Set(redirectUris.map(placeOf))].sort() },
  );
}

/** A redirect address, without the port of a program on this computer. */
function placeOf(uri: string): string {
  if (redirectKind(uri) !== "loopback") return uri;
  const url = new URL(uri);
  url.port = "";
  return url.href;
}
