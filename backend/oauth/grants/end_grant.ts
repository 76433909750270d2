// Ends a grant with all its tokens.
import type { GrantStore } from "./grant_store.ts";
import type { RefreshTokens } from "../tokens/refresh_tokens.ts";

/** Ends a grant: no token of it is worth anything from now on. */
export type EndGrant = (grantId: string) => Promise<void>;

/**
 * Ends grants. The grant's own row decides, and it is written first; that the refresh tokens go as well keeps
 * better-auth from rotating one that this service would refuse a moment later.
 */
export function createEndGrant(grants: GrantStore, refreshTokens: RefreshTokens): EndGrant {
  return async (grantId) => {
    await grants.revoke(grantId);
    await refreshTokens.forget(grantId);
  };
}
