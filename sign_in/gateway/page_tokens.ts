// Page tokens: what tells the gateway that a request comes from a page of this server, for the person who looks at it. Each is good
// for one action with one body, for a minute. Contract: auth-vault, section 13.
import type { Identity } from "../identity/identity.ts";
import { PAGE_TOKEN_SECONDS } from "../kit/limits.ts";
import { sha256 } from "../kit/sha256.ts";

/** Makes page tokens. */
export type MintPageToken = (about: PageRequest) => Promise<string>;

/** What a page token is for. */
export interface PageRequest {
  readonly userId: string;
  /** `decision`: the person has sent a form of ours; see `DecidedForm`. */
  readonly kind: "page" | "decision";
  /** The name of the action. */
  readonly action: string;
  /** The request's body, as it is sent. */
  readonly body: string;
}

/** Creates the maker. */
export function createMintPageToken(deps: PageTokensDeps): MintPageToken {
  const { identity, issuer, gatewayAddresses: [gateway], now, randomUUID } = deps;
  return async ({ userId, kind, action, body }) => {
    const iat = Math.floor(now() / 1000);
    const payload = {
      iss: issuer,
      aud: `${gateway}/person`,
      sub: userId,
      action,
      body: await sha256(body),
      iat,
      exp: iat + PAGE_TOKEN_SECONDS,
      jti: randomUUID(),
    };
    const typ = kind === "page" ? "mana-page+jwt" : "mana-decision+jwt";
    return (await identity.api.signPageToken({ body: { typ, payload } })).token;
  };
}

/** What page tokens are made of. */
export interface PageTokensDeps {
  readonly identity: Pick<Identity, "api">;
  readonly issuer: string;
  /** The gateway's address in each of its spellings; the first is the audience. */
  readonly gatewayAddresses: readonly [string, ...string[]];
  readonly now: () => number;
  readonly randomUUID: () => string;
}
