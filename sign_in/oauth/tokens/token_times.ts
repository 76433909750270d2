// How long a token of a grant lives: never longer than the grant. All times are seconds since 1970.
import type { Grant } from "../grants/grant.ts";

/** `iat` and `exp` of a token that is made now for at most `seconds`; `undefined` when the grant ends before that. */
export function tokenTimes(
  grant: Pick<Grant, "expiresAt">,
  nowMs: number,
  seconds: number,
): { readonly iat: number; readonly exp: number } | undefined {
  const iat = Math.floor(nowMs / 1000);
  const end = grant.expiresAt === undefined ? Infinity : Math.floor(grant.expiresAt / 1000);
  const exp = Math.min(iat + seconds, end);
  return exp <= iat ? undefined : { iat, exp };
}
