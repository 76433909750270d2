import { z } from "zod";
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

/** Clients known by the URL of a document that describes them (Client ID Metadata Documents). */
export interface ClientDocuments {
  /** Makes the client known here, for a request from `address`, reading its document unless that was done lately. */
  ensure(clientId: string, address: string): Promise<boolean>;
}

/**
 * Reads client documents, from the operator's hosts alone. Anybody can have this service ask for any address, so what
 * it may ask is narrow (SSRF): https on the default port of a listed host, a name and never an address, whose
 * certificate has to match; no redirect, little time, few bytes, few at once and one for each client.
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
      const admission = deps.registrations.admit(clientId, address);
      if (!admission.admitted) return false;
      for (const id of admission.forget) await deps.clients.forget(id);
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
  // Compared with what the parser makes of it: no second spelling of a client, no dot segments, no hidden host.
  return url.href === clientId && url.pathname !== "/" && url.hash === "" && url.search === "" &&
    url.username === "" && url.password === "" && url.port === "" && hosts.includes(url.hostname);
}

async function fetchDocument(fetch: ClientDocumentsDeps["fetch"], url: string) {
  try {
    const answer = await fetch(url, {
      headers: { accept: "application/json" },
      redirect: "manual", // a redirect would leave the listed hosts
      signal: AbortSignal.timeout(CLIENT_DOCUMENT_TIMEOUT_MS),
    });
    const type = answer.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
    if (answer.status !== 200 || !/^application\/(?:[\w.-]+\+)?json$/.test(type)) {
      await answer.body?.cancel();
      return undefined;
    }
    const text = await readCapped(answer);
    const document = Document.safeParse(JSON.parse(text)).data;
    // The document has to name itself, or any JSON on a listed host could pass for a client.
    if (document?.client_id !== url) return undefined;
    return document.redirect_uris.every((uri) => redirectKind(uri) !== undefined) ? document : undefined;
  } catch {
    return undefined; // unreachable, too slow, too long, no JSON: there is no such client
  }
}

async function readCapped(answer: Response): Promise<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let length = 0;
  let text = "";
  for await (const chunk of answer.body ?? []) {
    length += chunk.length;
    if (length > CLIENT_DOCUMENT_BYTES) throw new RangeError("Cannot read the document: it is too long");
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
