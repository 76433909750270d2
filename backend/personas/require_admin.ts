// Who may administer personas: a person with the role `admin`, signed in themselves. An app never: the gateway's exchanged tokens name
// the app that acts, and a deletion must not be reachable by a tool. Contract: personas, section 2.
import { z } from "zod";
import { readBearer } from "../../sign_in/http/read_bearer.ts";
import { serviceError } from "../../sign_in/http/service_error.ts";
import type { Identity } from "../../sign_in/identity/identity.ts";
import type { VerifyToken } from "../auth/tokens/token_verifier.ts";
import { refused } from "./persona_answer.ts";

/**
 * The refusal, or `undefined` for an administrator. Besides the token's claims the stored account counts: a role that was taken
 * away is gone at once, and not with the end of the token.
 */
export async function requireAdmin(deps: RequireAdminDeps, request: Request): Promise<Response | undefined> {
  const token = readBearer(request.headers);
  if (token === undefined) return serviceError(401, "Missing or invalid Authorization header");
  const verified = await deps.verifyToken(token);
  if (verified === undefined) return serviceError(401, "Invalid or expired token");
  if (!AdminClaims.safeParse(verified.payload).success) return forbidden();
  const stored = await (await deps.identity.$context).internalAdapter.findUserById(verified.sub);
  return Administrator.safeParse(stored).success ? undefined : forbidden();
}

/** What the check needs. */
export interface RequireAdminDeps {
  readonly verifyToken: VerifyToken;
  readonly identity: Identity;
}

/** A session's own token (`sid`) in which nobody else acts. */
const AdminClaims = z.object({
  role: z.literal("admin"),
  sid: z.string(),
  act: z.undefined().optional(),
  scope: z.undefined().optional(),
});
const Administrator = z.object({ role: z.literal("admin") });

function forbidden(): Response {
  return refused("Forbidden", "Only an administrator, signed in themselves, may do this");
}
