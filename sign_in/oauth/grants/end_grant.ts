// Ends a grant with all its tokens, and with what the source of people keeps for it.
import type { RefreshTokens } from "../tokens/refresh_tokens.ts";
import type { EndGrant, People } from "../../people/people.ts";
import type { GrantStore } from "./grant_store.ts";

/**
 * Ends grants. The grant's own row decides, and it is written first; that the refresh tokens go as well keeps
 * better-auth from rotating one that this service would refuse a moment later.
 */
export function createEndGrant(
  grants: GrantStore,
  refreshTokens: RefreshTokens,
  people: Pick<People, "grantEnded">,
): EndGrant {
  return async (grantId, reason) => {
    await grants.revoke(grantId, reason);
    await refreshTokens.forget(grantId);
    await people.grantEnded(grantId);
  };
}
