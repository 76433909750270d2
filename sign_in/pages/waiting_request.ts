// The request of an app that waits while a person signs in: carried from page to page, and believed only where it is signed.
import type { Identity } from "../identity/identity.ts";
import { readAuthorizationRequest } from "../oauth/authorize/authorization_request.ts";
import type { ClientStore } from "../oauth/clients/client_store.ts";
import type { ScopeList } from "../oauth/grants/scopes.ts";

/**
 * Reads the request out of the query of a page. The name of the app comes from its registration, and only for a request
 * that this server signed: otherwise a link could put any name on the sign-in page. `undefined` when the signature is not
 * ours or too old.
 */
export async function readWaitingRequest(
  deps: WaitingRequestDeps,
  query: string,
): Promise<WaitingRequest | undefined> {
  if (!new URLSearchParams(query).has("sig")) return { oauthQuery: "", appName: undefined };
  const request = await readAuthorizationRequest(deps.identity, deps.scopeList, query);
  if (request === undefined) return undefined;
  return { oauthQuery: query, appName: (await deps.clients.find(request.clientId))?.name };
}

/** The request that waits. */
export interface WaitingRequest {
  /** The signed request, word for word; empty: no app waits. */
  readonly oauthQuery: string;
  /** The name that the app gave itself, fit to be shown; `undefined` when no app waits, or it was forgotten meanwhile. */
  readonly appName: string | undefined;
}

/** What reading the request needs. */
export interface WaitingRequestDeps {
  readonly identity: Identity;
  readonly clients: ClientStore;
  readonly scopeList: ScopeList;
}
