// Clients known by the URL of a document that describes them (Client ID Metadata Documents).
// The only outgoing requests of the backend: to the operator's listed hosts and nowhere else.
import { z } from "zod";
import { readCappedBody } from "../../http/read_capped_body.ts";
import { mediaType } from "../../http/media_type.ts";
import {
  CLIENT_DOCUMENT_BYTES,
  CLIENT_DOCUMENT_FRESH_MS,
  CLIENT_DOCUMENT_TIMEOUT_MS,
  CLIENT_DOCUMENTS_AT_ONCE,
} from "../../kit/limits.ts";
import { ClientMetadata } from "./client_metadata.ts";
import { clientName } from "./client_name.ts";
import type { ClientStore } from "./client_store.ts";
import { redirectKind } from "./redirect_uri.ts";
import type { Registrations } from "./registrations.ts";

/** Clients of documents. */
export interface ClientDocuments {
  /**
   * Makes the client known here for a request from `address`; false when that is impossible. Reads the document unless it
   * was read within {@link CLIENT_DOCUMENT_FRESH_MS}.
   */
  ensure(clientId: string, address: string): Promise<boolean>;
}

/**
 * Anybody can have this service ask for any address, so its requests are narrow (SSRF): https on the default port of a
 * listed host, which is a name and never an IP address, and whose certificate has to match. No redirect, little
 * time, few bytes, few documents at once (kit/limits.ts) and one request for each client.
 */
export function createClientDocuments(deps: ClientDocumentsDeps): ClientDocuments {
  const running = new Map<string, Promise<boolean>>();

  const read = async (clientId: string, address: string): Promise<boolean> => {
    const known = await deps.clients.find(clientId);
    if (known !== undefined && known.updatedAt.getTime() + CLIENT_DOCUMENT_FRESH_MS > deps.now()) return true;
    const document = await fetchDocument(deps.fetch, clientId);
    if (document === undefined) return false;
    const now = new Date(deps.now());
    if (known === undefined) {
      const registration = await deps.registrations.register(clientId, address);
      if (!registration.isAdmitted) return false;
      for (const id of registration.forget) await deps.clients.forget(id);
    }
    await deps.clients.save({
      id: clientId,
      name: clientName(document.client_name ?? undefined, document.redirect_uris),
      redirectUris: document.redirect_uris,
      authMethod: "none",
      secretHash: undefined,
      registeredAt: known?.registeredAt ?? now,
      updatedAt: now,
    });
    return true;
  };

  return {
    async ensure(clientId, address) {
      if (!isAllowed(clientId, deps.hosts)) return false;
      if (running.size >= CLIENT_DOCUMENTS_AT_ONCE && !running.has(clientId)) return false;
      const started = running.get(clientId) ??
        read(clientId, address).finally(() => running.delete(clientId));
      running.set(clientId, started);
      return await started;
    },
  };
}

/** What client documents need. */
export interface ClientDocumentsDeps {
  readonly clients: ClientStore;
  readonly registrations: Registrations;
  /** Hosts that documents may be read from; none: no client is known by a document. */
  readonly hosts: readonly string[];
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly now: () => number;
}

const Document = ClientMetadata.extend({
  client_id: z.string(),
  token_endpoint_auth_method: z.literal("none").nullish(),
});

/** Whether a client id is the URL of a document. Registered clients have ids without a colon. */
export function isDocumentId(clientId: string): boolean {
  return clientId.startsWith("https://");
}

function isAllowed(clientId: string, hosts: readonly string[]): boolean {
  if (!isDocumentId(clientId) || clientId.length > 512 || !URL.canParse(clientId)) return false;
  const url = new URL(clientId);
  // Compared with the parser's spelling: no second spelling of a client, no dot segments, no hidden host.
  return url.href === clientId && url.pathname !== "/" && url.hash === "" && url.search === "" &&
    url.username === "" && url.password === "" && url.port === "" && hosts.includes(url.hostname);
}

async function fetchDocument(fetch: ClientDocumentsDeps["fetch"], url: string) {
  try {
    const signal = AbortSignal.timeout(CLIENT_DOCUMENT_TIMEOUT_MS);
    const answer = await fetch(url, {
      headers: { accept: "application/json" },
      redirect: "manual", // a redirect would leave the listed hosts
      signal,
    });
    const type = mediaType(answer.headers) ?? "";
    if (answer.status !== 200 || !/^application\/(?:[\w.-]+\+)?json$/.test(type)) {
      await answer.body?.cancel();
      return undefined;
    }
    const decoder = new TextDecoder("utf-8", { fatal: true });
    const body = await readCappedBody(answer, CLIENT_DOCUMENT_BYTES, { decoder, signal });
    const document = body.ok ? Document.safeParse(JSON.parse(body.text)).data : undefined;
    // The document has to name itself: otherwise any JSON on a listed host could pass for a client.
    if (document?.client_id !== url) return undefined;
    return document.redirect_uris.every((uri) => redirectKind(uri) !== undefined) ? document : undefined;
  } catch {
    return undefined; // unreachable, too slow, too long, no JSON: there is no such client
  }
}
