// `GET /api/auth/organization/list` (auth-vault, section 4): by session cookie as in the reference, and also with an access
// token, for which the reference answers 401.
import { jsonAnswer } from "../../../sign_in/http/json_answer.ts";
import type { Identity } from "../../../sign_in/identity/identity.ts";
import type { Memberships } from "./memberships.ts";
import { readBearer } from "../../../sign_in/http/read_bearer.ts";
import { withCookies } from "../../../sign_in/http/with_cookies.ts";
import type { VerifyToken } from "../tokens/token_verifier.ts";

/**
 * The person's spaces. A token that is given but not valid is refused and never replaced by the cookie: a stale header
 * would otherwise answer with somebody else's spaces.
 */
export async function listSpaces(deps: ListSpacesDeps, request: Request): Promise<Response> {
  if (request.headers.has("authorization")) {
    const token = readBearer(request.headers);
    const verified = token === undefined ? undefined : await deps.verifyToken(token);
    return verified ? jsonAnswer(200, await deps.memberships.spacesOf(verified.sub)) : unauthorized();
  }
  const { response: session, headers } = await deps.identity.api.getSession({
    headers: request.headers,
    returnHeaders: true,
  });
  if (session === null) return unauthorized();
  const spaces = await deps.memberships.spacesOf(session.user.id);
  return withCookies(jsonAnswer(200, spaces), headers.getSetCookie());
}

/** What the list needs. */
export interface ListSpacesDeps {
  readonly identity: Identity;
  readonly memberships: Memberships;
  readonly verifyToken: VerifyToken;
}

function unauthorized(): Response {
  return jsonAnswer(401, { code: "UNAUTHORIZED", message: "Unauthorized" });
}
