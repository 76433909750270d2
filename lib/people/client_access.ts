// What a connected client may still do, and which token goes to the services for it: introspection and token exchange, in this
// order.
import { Refused } from "../kit/errors.ts";
import type { Log } from "../observe/log.ts";
import type { Secret } from "../kit/secret.ts";
import type { RequestTally } from "../observe/request_tally.ts";
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
}

/** Dependencies of {@link createClientAccess}. */
export interface ClientAccessDeps {
  readonly introspection: Introspection;
  readonly exchange: TokenExchange;
  /** The setting TOKEN_FORWARDING=allow: the operator decided that clients' own tokens may go to the services. */
  readonly mayForward: boolean;
  /** Told each time a client comes whose access was taken back, so that nothing goes on in the client's name. */
  readonly onRevoked?: (principal: Principal) => void;
  readonly log: Log;
}

/** Creates the access. The use of TOKEN_FORWARDING is logged once per process. */
export function createClientAccess(deps: ClientAccessDeps): ClientAccess {
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
        const grant = await deps.introspection.check(token, tokenId, tally);
        const { subject } = principal;
        // Also where its token has to be forwarded: what the person said of the app holds all the same.
        found = withGrant(principal, client, grant);
        const { token: exchanged, until } = await deps.exchange.exchange(token, { tokenId, subject }, tally);
        return { principal: Object.freeze({ ...found, exchangedUntil: until }), token: exchanged };
      } catch (error) {
        if (isRevoked(error)) deps.onRevoked?.(principal);
        const forward = forwarded(error, token);
        // Where nobody can say what the person allows now, what they last said still narrows.
        const last = found === principal ? deps.introspection.lastFound(client.tokenId) : undefined;
        return { principal: last === undefined ? found : withGrant(principal, client, last), token: forward };
      }
    },
    async stands(principal: Principal, token: Secret<string>, tally: RequestTally): Promise<boolean> {
      const { client } = principal;
      if (client === null) return true;
      try {
        await deps.introspection.check(token, client.tokenId, tally);
        return true;
      } catch (error) {
        // An outage ends nobody's stream; the next request is what has to be answered for.
        if (!isRevoked(error)) return true;
        deps.onRevoked?.(principal);
        return false;
      }
    },
    current(principal: Principal): Principal {
      const { client } = principal;
      const grant = client === null ? undefined : deps.introspection.lastFound(client.tokenId);
      return client === null || grant === undefined ? principal : withGrant(principal, client, grant);
    },
    forget({ client }: Principal): void {
      if (client === null) return;
      deps.exchange.forget(client.tokenId);
      deps.introspection.forget(client.tokenId);
    },
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
