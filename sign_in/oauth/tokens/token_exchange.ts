// Token exchange (RFC 8693), for the gateway alone: an app's token against one that the services behind it understand.
import { z } from "zod";
import type { HasServiceKey } from "../../http/service_key.ts";
import { jsonAnswer } from "../../http/json_answer.ts";
import { type EndGrant, type People, PeopleFault } from "../../people/people.ts";
import type { AccessTokens } from "./access_tokens.ts";
import { oauthError } from "../oauth_answer.ts";

/** Answers a token exchange. */
export type ExchangeToken = (headers: Headers, body: URLSearchParams) => Promise<Response>;

/**
 * An app's token only says what the app may do at the gateway. The gateway turns it into a token of the person, which the
 * services behind it understand and do not limit. So nobody but the gateway may have such a token: an app that could
 * exchange its own token would get around every limit of its grant.
 */
export function createTokenExchange(deps: TokenExchangeDeps): ExchangeToken {
  return async (headers, body) => {
    if (!deps.isEnabled) {
      return oauthError("unsupported_grant_type", "Token exchange needs a service key to be set");
    }
    if (!await deps.hasServiceKey(headers)) {
      return oauthError("invalid_client", "Invalid or missing service key");
    }
    const asked = ExchangeRequest.safeParse(Object.fromEntries(body));
    if (!asked.success) {
      return oauthError(
        "invalid_request",
        "subject_token, subject_token_type (access_token) and audience are required",
      );
    }
    if (asked.data.audience !== deps.audience || body.has("resource")) {
      return oauthError("invalid_target", `Only the audience ${deps.audience} can be asked for`);
    }
    // RFC 8693, section 2.2.2: an unacceptable subject token is an invalid request.
    const invalid = () => oauthError("invalid_request", "The subject token is not valid, or not any more");
    const subject = await deps.tokens.verify(asked.data.subject_token);
    if (subject === undefined) return invalid();
    const { grant, scope } = subject;
    try {
      const { token, expiresIn } = await deps.people.mintToken(grant, scope);
      return jsonAnswer(200, {
        access_token: token,
        issued_token_type: ACCESS_TOKEN_TYPE,
        token_type: "Bearer",
        expires_in: expiresIn,
        scope,
      });
    } catch (error) {
      if (!(error instanceof PeopleFault)) throw error;
      if (error.reason === "unavailable") {
        return oauthError("temporarily_unavailable", error.message, 503);
      }
      await deps.endGrant(grant.id, "session-over");
      return invalid();
    }
  };
}

/** The grant type of an exchange (RFC 8693, section 2.1). */
export const EXCHANGE_GRANT = "urn:ietf:params:oauth:grant-type:token-exchange";

const ACCESS_TOKEN_TYPE = "urn:ietf:params:oauth:token-type:access_token";

/** What the exchange needs. */
export interface TokenExchangeDeps {
  readonly hasServiceKey: HasServiceKey;
  /** Whether there is a service key at all. */
  readonly isEnabled: boolean;
  readonly tokens: AccessTokens;
  readonly people: Pick<People, "mintToken">;
  readonly endGrant: EndGrant;
  /** The audience of session tokens, the only one that can be asked for. */
  readonly audience: string;
}

const ExchangeRequest = z.object({
  subject_token: z.string().min(1),
  subject_token_type: z.literal(ACCESS_TOKEN_TYPE),
  audience: z.string(),
  requested_token_type: z.literal(ACCESS_TOKEN_TYPE).optional(),
});
