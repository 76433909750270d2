// Puts the parts of the authorization server together; the routes and the pages share them. better-auth's provider checks
// requests, codes and rotation; grants, tokens and clients are ours.
import type { JWTVerifyGetKey } from "@panva/jose";
import type { Identity } from "../identity/identity.ts";
import type { SignInDatabase } from "../database/sign_in_database.ts";
import { createAccessTokens } from "./tokens/access_tokens.ts";
import { createAskProvider } from "./provider/ask_provider.ts";
import { createClientDocuments } from "./clients/client_documents.ts";
import { createClientStore } from "./clients/client_store.ts";
import { createEndGrant } from "./grants/end_grant.ts";
import { createAuthorizationCodes } from "./grants/authorization_codes.ts";
import { createGrantStore } from "./grants/grant_store.ts";
import { createGrantUses } from "./grants/grant_uses.ts";
import type { Grantable } from "./grants/grantable_modules.ts";
import { createLedgerWishes } from "./grants/ledger_wishes.ts";
import { type DocumentSource, recordsDocument } from "./grants/records_document.ts";
import { createRefreshTokens } from "./tokens/refresh_tokens.ts";
import { createRegistrations } from "./clients/registrations.ts";
import type { ScopeList } from "./grants/scopes.ts";
import { createTokenExchange } from "./tokens/token_exchange.ts";
import type { HasServiceKey } from "../http/service_key.ts";
import type { People } from "../people/people.ts";

/** Creates the parts. Documents of clients are read only where hosts are listed and `fetch` is given. */
export async function createAuthorizationServer(deps: AuthorizationServerDeps) {
  const { identity, signIn, now, issuer, gatewayAddresses, scopeList } = deps;
  const { adapter: tables } = await identity.$context;
  const { hasServiceKey, people } = deps;
  const clients = createClientStore(tables);
  const grants = createGrantStore(signIn, scopeList, now);
  const refreshTokens = createRefreshTokens(tables, now);
  const registrations = createRegistrations(signIn, now);
  const endGrant = createEndGrant(grants, refreshTokens, people);
  const tokens = createAccessTokens({
    ...deps,
    grants,
    sign: async (payload) => (await identity.api.signAccessToken({ body: { payload } })).token,
  });
  const hosts = deps.fetch === undefined ? [] : deps.clientHosts ?? [];
  return {
    issuer,
    gatewayAddresses,
    scopeList,
    tables,
    clients,
    grants,
    codes: createAuthorizationCodes(signIn, scopeList, now),
    registrations,
    tokens,
    hasServiceKey,
    uses: createGrantUses(signIn, now),
    ledgerWishes: createLedgerWishes(signIn),
    documentOf: (grant: DocumentSource) => recordsDocument(deps.grantable.modules, grant),
    refreshTokens,
    inTurn: signIn.inTurn,
    people,
    endGrant,
    ask: createAskProvider(deps),
    runAsGrant: deps.runAsGrant,
    randomBytes: deps.randomBytes,
    randomUUID: deps.randomUUID,
    canExchange: deps.serviceKey !== undefined,
    hasClientDocuments: hosts.length > 0,
    documents: createClientDocuments({
      clients,
      registrations,
      hosts,
      fetch: deps.fetch ?? (() => Promise.reject(new Error("Cannot read a document: there is no way out"))),
      now,
    }),
    exchange: createTokenExchange({
      hasServiceKey,
      isEnabled: deps.serviceKey !== undefined,
      tokens,
      audience: deps.audience,
      people,
      endGrant,
    }),
  };
}

/** What the authorization server needs. */
export interface AuthorizationServerDeps {
  readonly identity: Identity;
  readonly scopeList: ScopeList;
  readonly grantable: Grantable;
  readonly signIn: SignInDatabase;
  readonly keys: JWTVerifyGetKey;
  readonly issuer: string;
  /** Audience of session tokens. */
  readonly audience: string;
  readonly gatewayAddresses: readonly [string, ...string[]];
  readonly serviceKey: string | undefined;
  readonly hasServiceKey: HasServiceKey;
  readonly people: People;
  readonly clientHosts?: readonly string[];
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  readonly admission: string;
  /** Runs `work` as the consent for one grant. */
  readonly runAsGrant: <T>(grantId: string, work: () => Promise<T>) => Promise<T>;
  readonly now: () => number;
  readonly randomBytes: (length: number) => Uint8Array<ArrayBuffer>;
  readonly randomUUID: () => string;
}
