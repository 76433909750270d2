// What a session token says about its person, besides `iat`, `exp`, `iss` and `aud` (auth-vault, section 1).
import { z } from "zod";

/** Builds the claims about a person. @throws {ZodError} when the stored user lacks a member */
export function toPersonClaims(user: unknown): PersonClaims & Record<string, string> {
  const { id, email, role, accessTier } = User.parse(user);
  return { sub: id, email, role, tier: accessTier };
}

const User = z.object({ id: z.string(), email: z.string(), role: z.string(), accessTier: z.string() });

const Session = z.object({ id: z.string() });

/** Claims about a person. */
export interface PersonClaims {
  /** User id. */
  readonly sub: string;
  readonly email: string;
  /** `user`, `admin` or `service`. */
  readonly role: string;
  readonly tier: string;
}

/** Claims of a session's token. */
export interface TokenClaims extends PersonClaims {
  /** Session id. */
  readonly sid: string;
}

/** Builds the claims of a session's token. @throws {ZodError} when the stored user lacks a member */
export function toClaims(user: unknown, session: unknown): TokenClaims & Record<string, string> {
  const { sub, email, role, tier } = toPersonClaims(user);
  return { sub, email, role, sid: Session.parse(session).id, tier };
}
