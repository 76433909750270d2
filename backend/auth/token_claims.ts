import { z } from "zod";

const User = z.object({ id: z.string(), email: z.string(), role: z.string(), accessTier: z.string() });
const Session = z.object({ id: z.string() });

/** The claims of an access token besides `iat`, `exp`, `iss` and `aud` (auth-vault, section 1). */
export interface TokenClaims {
  /** User id. */
  readonly sub: string;
  readonly email: string;
  /** `user`, `admin` or `service`. */
  readonly role: string;
  /** Session id. */
  readonly sid: string;
  readonly tier: string;
}

/** Builds the claims of a session's token. @throws {ZodError} when the stored user lacks a member */
export function toClaims(user: unknown, session: unknown): TokenClaims & Record<string, string> {
  const { id, email, role, accessTier } = User.parse(user);
  return { sub: id, email, role, sid: Session.parse(session).id, tier: accessTier };
}
