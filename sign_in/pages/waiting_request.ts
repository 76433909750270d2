// What waits while a person signs in: the request of an app, or a page of ours that they came for. Carried from page to page as a
// query, and believed only where this server signed it or where it names one of our own pages.
import type { Identity } from "../identity/identity.ts";
import { readAuthorizationRequest } from "../oauth/authorize/authorization_request.ts";
import type { ClientStore } from "../oauth/clients/client_store.ts";
import type { ScopeList } from "../oauth/grants/scopes.ts";
import { placeWord } from "./format_values.ts";

/**
 * Reads what waits out of the query of a page. The name of the app comes from its registration, and only for a request
 * that this server signed: otherwise a link could put any name on the sign-in page. `undefined` when the signature is not
 * ours or too old.
 */
export async function readWaitingRequest(
  deps: WaitingRequestDeps,
  query: string,
): Promise<WaitingRequest | undefined> {
  if (signedRequestIn(query) === "") {
    return { carried: carryPage(pageIn(query) ?? ""), appName: undefined, appPlace: undefined };
  }
  const request = await readAuthorizationRequest(deps.identity, deps.scopeList, query);
  if (request === undefined) return undefined;
  const app = await deps.clients.find(request.clientId);
  return { carried: query, appName: app?.name, appPlace: placeWord(request.redirectUri) };
}

/** What waits. */
export interface WaitingRequest {
  /** What waits, as pages carry it: the signed request word for word, or the page of ours; empty: nothing waits. */
  readonly carried: string;
  /** The name that the app gave itself, fit to be shown; `undefined` when no app waits, or it was forgotten meanwhile. */
  readonly appName: string | undefined;
  /** Where the app gets its answer, in words: the host, or this computer; `undefined` when no app waits. */
  readonly appPlace: string | undefined;
}

/** What reading the request needs. */
export interface WaitingRequestDeps {
  readonly identity: Identity;
  readonly clients: ClientStore;
  readonly scopeList: ScopeList;
}

/** The signed request of an app in what pages carry; empty: no app waits. */
export function signedRequestIn(carried: string): string {
  return new URLSearchParams(carried).has("sig") ? carried : "";
}

/**
 * The page of ours in what pages carry. The text of a link gets no further than to be compared with the addresses of our own
 * pages: a person who signs in must never land where a stranger's link said (open redirect, RFC 9700, section 4.11).
 */
export function pageIn(carried: string): string | undefined {
  const page = new URLSearchParams(carried).get(PAGE) ?? "";
  return OWN_PAGES.some((own) => own.test(page)) ? page : undefined;
}

/** A page of ours, as pages carry it; empty for a page that nobody is brought back to. */
export function carryPage(page: string): string {
  return OWN_PAGES.some((own) => own.test(page)) ? String(new URLSearchParams({ [PAGE]: page })) : "";
}

const PAGE = "then";

/** Pages that somebody is sent to by a link and has to sign in for. Each pattern takes the whole path. */
const OWN_PAGES: readonly RegExp[] = [/^\/activity(?:\/seen)?$/, /^\/approvals(?:\/[0-9a-f]{32})?$/];
