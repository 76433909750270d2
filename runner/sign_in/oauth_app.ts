// The runner as a connected app: it finds the authorization server by the gateway's metadata, registers once in the life of the process,
// and redeems, renews and gives back tokens. The steps are the MCP SDK's; this file bounds each of them and words what went wrong.
import {
  type AuthorizationServerMetadata,
  discoverAuthorizationServerMetadata,
  discoverOAuthProtectedResourceMetadata,
  exchangeAuthorization,
  type OAuthClientInformationFull,
  OAuthError,
  OAuthErrorCode,
  type OAuthTokens,
  refreshAuthorization,
  registerClient,
  startAuthorization,
} from "@modelcontextprotocol/client";
import { SignInFault } from "./access.ts";
import { boundedFetch, type BoundedFetchDeps } from "./bounded_fetch.ts";

/** Creates the app. Starts with nothing known and nobody asked. */
export function createOAuthApp(deps: OAuthAppDeps): OAuthApp {
  let known: KnownApp | undefined;
  const learn = async (signal: AbortSignal) => known ??= await learnApp(deps, signal);
  return Object.freeze({
    async begin(scopes: readonly string[], signal: AbortSignal) {
      return await worded(signal, async () => {
        const { server, client, resource, offered } = await learn(signal);
        const state = crypto.randomUUID();
        const wanted = scopes.filter((scope) => offered === undefined || offered.includes(scope));
        const { authorizationUrl, codeVerifier } = await startAuthorization(server.issuer, {
          metadata: server,
          clientInformation: client,
          redirectUrl: REDIRECT_URI,
          scope: wanted.join(" "),
          state,
          resource,
        });
        return {
          url: authorizationUrl.href,
          origin: new URL(server.issuer).origin,
          scopes: wanted,
          state,
          codeVerifier,
        };
      });
    },
    async redeem(begun: BegunAuthorization, returned: string, signal: AbortSignal) {
      const code = readCode(begun, returned);
      return await worded(signal, async () => {
        const { server, client, resource } = await learn(signal);
        return toTokens(
          deps,
          await exchangeAuthorization(server.issuer, {
            metadata: server,
            clientInformation: client,
            authorizationCode: code.value,
            ...(code.iss === null ? {} : { iss: code.iss }),
            codeVerifier: begun.codeVerifier,
            redirectUri: REDIRECT_URI,
            resource,
            fetchFn: boundedFetch(deps, signal),
          }),
        );
      });
    },
    async renew({ refreshToken }: AppTokens, signal: AbortSignal) {
      return await worded(signal, async () => {
        const { server, client, resource } = await learn(signal);
        return toTokens(
          deps,
          await refreshAuthorization(server.issuer, {
            metadata: server,
            clientInformation: client,
            refreshToken,
            resource,
            fetchFn: boundedFetch(deps, signal),
          }),
        );
      });
    },
    async giveBack({ refreshToken }: AppTokens, signal: AbortSignal) {
      if (known === undefined || !("revocation_endpoint" in known.server)) return;
      const endpoint = known.server.revocation_endpoint;
      if (endpoint === undefined) return;
      const body = new URLSearchParams({
        token: refreshToken,
        token_type_hint: "refresh_token",
        client_id: known.client.client_id,
      });
      await boundedFetch(deps, signal)(endpoint, { method: "POST", body });
    },
    forget() {
      known = undefined;
    },
  });
}

/** The runner as an app of whichever persona connects it. Each call throws {@link SignInFault} and the signal's reason. */
export interface OAuthApp {
  /** Begins a connection. The address is for the persona's browser. */
  begin(scopes: readonly string[], signal: AbortSignal): Promise<BegunAuthorization>;
  /** Redeems the code in the address to which the browser was sent. */
  redeem(begun: BegunAuthorization, returned: string, signal: AbortSignal): Promise<AppTokens>;
  /** Other tokens of the same grant. Throws {@link GrantOver} too. */
  renew(tokens: AppTokens, signal: AbortSignal): Promise<AppTokens>;
  /** Ends the grant (RFC 7009). */
  giveBack(tokens: AppTokens, signal: AbortSignal): Promise<void>;
  /** Forgets the registration, so that the next connection registers anew. */
  forget(): void;
}

/** A connection that a person has to answer. */
export interface BegunAuthorization {
  readonly url: string;
  /** Where the person signs in and answers. */
  readonly origin: string;
  /** What is asked for, as far as the gateway knows it. */
  readonly scopes: readonly string[];
  readonly state: string;
  readonly codeVerifier: string;
}

/** Tokens of one grant. They are held in memory, and nowhere else. */
export interface AppTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** When the access token ends, on the clock that never goes back. */
  readonly endsAt: number;
  /** How long the access token was good for when it came. */
  readonly freshMs: number;
}

/** What the app needs. */
export interface OAuthAppDeps extends BoundedFetchDeps {
  /** The gateway's endpoint, as its metadata name it. */
  readonly mcpUrl: string;
  /** Origins of authorization servers that a persona's password may be typed at. */
  readonly signInOrigins: readonly string[];
}

/** The grant is not in force any more, or the server does not know the app any more. */
export class GrantOver extends Error {
  override readonly name = "GrantOver";
  /** `app`: the server has forgotten the app. */
  readonly kind: "grant" | "app";

  constructor(kind: GrantOver["kind"]) {
    super(
      kind === "grant" ? "the grant is not in force any more" : "the server does not know the app any more",
    );
    this.kind = kind;
  }
}

/**
 * Where the persona's browser would bring the code. Nobody listens there: the address is read off the consent page's answer, and never
 * opened. Name and address are the same at every start, so that the authorization server takes a runner that starts again for the same
 * app: its new grant replaces the one before, and the persona's page shows one app.
 */
export const REDIRECT_URI = "http://127.0.0.1/persona-runner/connected";
const CLIENT_NAME = "Persona runner";

/** What is known after the first connection. */
interface KnownApp {
  readonly server: AuthorizationServerMetadata;
  readonly client: OAuthClientInformationFull;
  readonly resource: string;
  /** Scopes of the gateway; undefined where it names none. */
  readonly offered: readonly string[] | undefined;
}

async function learnApp(deps: OAuthAppDeps, signal: AbortSignal): Promise<KnownApp> {
  const fetchFn = boundedFetch(deps, signal);
  const found = await discoverOAuthProtectedResourceMetadata(deps.mcpUrl, undefined, fetchFn);
  // RFC 9728, section 3.3: metadata of another resource would have tokens made for another server.
  if (found.resource !== deps.mcpUrl) {
    throw new SignInFault("refused", "the gateway names another address as its own");
  }
  const issuer = found.authorization_servers?.[0];
  // A gateway could name anybody: then the persona's password would be typed at a stranger's page.
  if (issuer === undefined || !URL.canParse(issuer) || !deps.signInOrigins.includes(new URL(issuer).origin)) {
    throw new SignInFault(
      "refused",
      "the gateway names an authorization server that is not among the named ones",
    );
  }
  const server = await discoverAuthorizationServerMetadata(issuer, { fetchFn });
  if (server === undefined) throw new SignInFault("refused", "the authorization server has no metadata");
  const client = await registerClient(issuer, {
    metadata: server,
    clientMetadata: {
      client_name: CLIENT_NAME,
      redirect_uris: [REDIRECT_URI],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: "none",
    },
    fetchFn,
  });
  return { server, client, resource: found.resource, offered: found.scopes_supported };
}

/** The code in the address. A page's answer that is for another request, or from another server, is believed in nothing. */
function readCode(
  { state }: BegunAuthorization,
  returned: string,
): { readonly value: string; readonly iss: string | null } {
  const url = URL.canParse(returned) ? new URL(returned) : undefined;
  if (
    url === undefined || `${url.origin}${url.pathname}` !== REDIRECT_URI ||
    url.searchParams.get("state") !== state
  ) {
    throw new SignInFault("refused", "the answer to the consent page leads elsewhere");
  }
  const value = url.searchParams.get("code");
  if (value === null) throw new SignInFault("refused", "the consent page gave no code");
  return { value, iss: url.searchParams.get("iss") };
}

function toTokens({ clock }: OAuthAppDeps, tokens: OAuthTokens): AppTokens {
  const { access_token: accessToken, refresh_token: refreshToken, expires_in: seconds } = tokens;
  if (refreshToken === undefined) {
    throw new SignInFault("refused", "the authorization server gives no refresh token");
  }
  const freshMs = (seconds ?? SHORT_S) * 1000;
  return { accessToken, refreshToken, endsAt: clock.elapsed() + freshMs, freshMs };
}

/** A token that does not say when it ends is taken for a short one. */
const SHORT_S = 300;

/** Says what went wrong in fixed words: errors of OAuth carry what a server answered. */
async function worded<Answer>(signal: AbortSignal, work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof SignInFault) throw error;
    if (error instanceof OAuthError) {
      if (error.code === OAuthErrorCode.InvalidGrant) throw new GrantOver("grant");
      if (error.code === OAuthErrorCode.InvalidClient) throw new GrantOver("app");
    }
    const name = error instanceof Error ? error.name : "unknown";
    throw new SignInFault("refused", `the authorization server does not follow the rules of OAuth (${name})`);
  }
}
