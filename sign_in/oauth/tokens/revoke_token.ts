// `POST …/oauth2/revoke` (RFC 7009): an app gives back a token of either kind, and with it the whole grant.
import type { EndGrant } from "../../people/people.ts";
import { z } from "zod";
import type { AccessTokens } from "./access_tokens.ts";
import type { AskProvider } from "../provider/ask_provider.ts";
import { clientIdOf } from "../clients/claimed_client_id.ts";
import { oauthError } from "../oauth_answer.ts";
import type { RefreshTokens } from "./refresh_tokens.ts";
import { readOAuthForm } from "../read_oauth_form.ts";

/** An unknown token, and another app's token, get the same answer and are left alone. */
export async function revokeToken(deps: RevokeTokenDeps, request: Request): Promise<Response> {
  const body = await readOAuthForm(request);
  const token = body?.get("token");
  if (body === undefined || !token) return oauthError("invalid_request", "A form with a token is required");
  const clientId = clientIdOf(request.headers, body);
  if (clientId === undefined || !await isAuthenticated(deps.ask, request, body)) {
    return oauthError("invalid_client", "Unknown client or wrong credentials");
  }
  const refresh = await deps.refreshTokens.find(token);
  const found = refresh ?? await deps.tokens.grantOf(token);
  if (found?.clientId === clientId) await deps.endGrant(found.grantId);
  return new Response(null, { status: 200, headers: { "cache-control": "no-store" } });
}

/** What revocation needs. */
export interface RevokeTokenDeps {
  readonly ask: AskProvider;
  readonly refreshTokens: RefreshTokens;
  readonly tokens: AccessTokens;
  readonly endGrant: EndGrant;
}

const NotFound = z.object({
  error: z.literal("invalid_request"),
  error_description: z.literal("token not found"),
});

/** Lets better-auth check the client's credentials, by revoking a token that nobody has. */
async function isAuthenticated(ask: AskProvider, request: Request, body: URLSearchParams): Promise<boolean> {
  const form = new URLSearchParams(body);
  form.set("token", "-");
  form.set("token_type_hint", "refresh_token");
  const authorization = request.headers.get("authorization") ?? undefined;
  const answer = await ask({ method: "POST", path: "/oauth2/revoke", body: form, authorization });
  // better-auth looks for the token only once it knows the client: "not found" says that the credentials were right.
  return answer.ok || NotFound.safeParse(await answer.json()).success;
}
