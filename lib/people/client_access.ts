// What a connected client may still do, and which token goes to the services for it: introspection and token exchange, in this
// order.
import { Refused } from "../kit/errors.ts";
import type { Log } from "../observe/log.ts";
import type { Secret } from "../kit/secret.ts";
import type { RequestTally } from "../observe/request_tally.ts";
import { isSameJson } from "../kit/json.ts";
import type { AccessNews } from "./access_news.ts";
import type { Introspection, LiveGrant } from "./introspection.ts";
import type { ConnectedClient, Principal } from "./principal.ts";
import type { TokenExchange } from "./token_exchange.ts";

/** A caller that was let in. */
export interface Admitted {
  /** With the client's name, where it is a connected one. */
  readonly principal: Principal;
  /** The token that the services get. */
  readonly token: Secret<string>;
}

/** Which token goes to the services, and whether the caller may still come in. */
export interface ClientAccess {
  /**
   * Lets a verified caller in, with the token for upstream calls of this request: the person's own as it came, a connected
   * client's exchanged. Throws Refused `token-revoked`, `exchange-unavailable` or `upstream-failed`.
   */
  admit(principal: Principal, token: Secret<string>, tally: RequestTally): Promise<Admitted>;
  /** Whether the caller's access still stands; for streams, which outlive the request that opened them. */
  stands(principal: Principal, token: Secret<string>, tally: RequestTally): Promise<boolean>;
  /** The principal with what was last found of its grant; asks nobody. For what a stream is told: it allows nothing. */
  current(principal: Principal): Principal;
  /**
   * Forgets what was asked for a connected client, because a service refused its exchanged token or its grant: the next request
   * asks again.
   */
  forget(principal: Principal): void;
  /** Calls `look` soon after news of the person's apps: whether access {@link stands} may have changed. Returns how to stop. */
  onNews(principal: Principal, look: () => void): () => void;
}

/** Dependencies of {@link createClientAccess}. */
export interface ClientAccessDeps {
  readonly introspection: Introspection;
  readonly exchange: TokenExchange;
  /** The setting TOKEN_FORWARDING=allow: the operator decided that clients' own tokens may go to the services. */
  readonly mayForward: boolean;
  readonly news: AccessNews;
  /** Told each time a client comes whose access was taken back, so that nothing goes on in the client's name. */
  readonly onRevoked?: (principal: Principal) => void;
  readonly log: Log;
}

/** Creates the access. The use of TOKEN_FORWARDING is logged once per process. */
export function createClientAccess(deps: ClientAccessDeps): ClientAccess {
  const { introspection, exchange, news } = deps;
  news.onNews((tokenId) => {
    introspection.doubt(tokenId);
    exchange.doubt(tokenId);
  });
  const checkGrant = async (principal: Principal, token: Secret<string>, tally: RequestTally) => {
    const tokenId = principal.client?.tokenId ?? "";
    const before = introspection.lastFound(tokenId);
    const grant = await introspection.check(token, tokenId, tally);
    news.noteAdmitted(principal);
    if (before !== undefined && before !== grant && !isSameJson(before, grant)) news.learnt(principal, false);
    return grant;
  };
  const revoked = (principal: Principal) => {
    deps.onRevoked?.(principal);
    news.learnt(principal, true);
  };
  let hasSaid = false;
  const forwarded = (error: unknown, token: Secret<string>): Secret<string> => {
    const isUnavailable = error instanceof Refused && error.refusal.reason === "exchange-unavailable";
    if (!isUnavailable || !deps.mayForward) throw error;
    if (!hasSaid) {
      hasSaid = true;
      deps.log.warn("settings", {
        problem: "TOKEN_FORWARDING sends connected clients' own tokens to the services",
      });
    }
    return token;
  };
  return Object.freeze({
    async admit(principal: Principal, token: Secret<string>, tally: RequestTally): Promise<Admitted> {
      const { client } = principal;
      if (client === null) return { principal, token };
      let found = principal;
      try {
        const { tokenId } = client;
        const grant = await checkGrant(principal, token, tally);
        const { subject } = principal;
        // Also where its token has to be forwarded: what the person said of the app holds all the same.
        found = withGrant(principal, client, grant);
        const { token: exchanged, until } = await exchange.exchange(token, { tokenId, subject }, tally);
        return { principal: Object.freeze({ ...found, exchangedUntil: until }), token: exchanged };
      } catch (error) {
        if (isRevoked(error)) revoked(principal);
        const forward = forwarded(error, token);
        // Where nobody can say what the person allows now, what they last said still narrows.
        const last = found === principal ? introspection.lastFound(client.tokenId) : undefined;
        return { principal: last === undefined ? found : withGrant(principal, client, last), token: forward };
      }
    },
    async stands(principal: Principal, token: Secret<string>, tally: RequestTally): Promise<boolean> {
      const { client } = principal;
      if (client === null) return true;
      try {
        await checkGrant(principal, token, tally);
        return true;
      } catch (error) {
        // An outage ends nobody's stream; the next request is what has to be answered for.
        if (!isRevoked(error)) return true;
        revoked(principal);
        return false;
      }
    },
    current(principal: Principal): Principal {
      const { client } = principal;
      const grant = client === null ? undefined : introspection.lastFound(client.tokenId);
      return client === null || grant === undefined ? principal : withGrant(principal, client, grant);
    },
    forget({ client }: Principal): void {
      if (client === null) return;
      exchange.forget(client.tokenId);
      introspection.forget(client.tokenId);
    },
    onNews: ({ subject }: Principal, look: () => void) => news.watch(subject, look),
  });
}

/** The principal with what the auth service says of its grant now, and without what was said before and is not said any more. */
function withGrant(principal: Principal, client: ConnectedClient, grant: LiveGrant): Principal {
  const { id, appKey, tokenId, grantId } = client;
  return Object.freeze({
    ...principal,
    client: Object.freeze({ id, appKey, tokenId, grantId, ...grant }),
  });
}

function isRevoked(error: unknown): boolean {
  return error instanceof Refused && error.refusal.reason === "token-revoked";
}
