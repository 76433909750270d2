// Refresh tokens in better-auth's table. better-auth makes and rotates them; here they are looked up and forgotten.
import { z } from "zod";
import type { ClientTables } from "../clients/client_store.ts";
import { sha256 } from "../../kit/sha256.ts";

/** Refresh tokens of all grants. */
export interface RefreshTokens {
  find(token: string): Promise<RefreshToken | undefined>;
  /** Forgets all tokens of a grant. */
  forget(grantId: string): Promise<void>;
  /** Forgets tokens too old to be used or recognised as used, and kept answers that nobody may get any more. */
  forgetExpired(): Promise<void>;
}

/** Creates the view of the table. The end of a kept answer goes by better-auth's clock, which is the machine's. */
export function createRefreshTokens(tables: ClientTables, now: () => number): RefreshTokens {
  const model = "oauthRefreshToken";
  return {
    async find(token) {
      const where = [{ field: "token", value: await sha256(token) }];
      const row = Row.nullable().parse(await tables.findOne<unknown>({ model, where }));
      if (row === null) return undefined;
      const { clientId, referenceId: grantId, revoked, rotationReplayExpiresAt: until } = row;
      return {
        clientId,
        grantId,
        isUsed: revoked instanceof Date,
        hasAnswer: !!until && until >= new Date(),
      };
    },
    async forget(grantId) {
      await tables.deleteMany({ model, where: [{ field: "referenceId", value: grantId }] });
    },
    async forgetExpired() {
      await tables.deleteMany({
        model,
        where: [{ field: "expiresAt", operator: "lt", value: new Date(now()) }],
      });
      await tables.updateMany({
        model,
        where: [{ field: "rotationReplayExpiresAt", operator: "lt", value: new Date() }],
        update: { rotationReplayResponse: null, rotationReplayExpiresAt: null },
      });
    },
  };
}

/** A refresh token, as its row tells it. */
export interface RefreshToken {
  readonly clientId: string;
  readonly grantId: string;
  /** Whether it was used before, or taken back. */
  readonly isUsed: boolean;
  /** Whether better-auth still has its answer, for an app that did not get the answer. */
  readonly hasAnswer: boolean;
}

const Row = z.object({
  clientId: z.string(),
  referenceId: z.string(),
  revoked: z.date().nullish(),
  rotationReplayExpiresAt: z.date().nullish(),
});
