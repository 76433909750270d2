// Refresh tokens in better-auth's table. better-auth makes and rotates them; here they are looked up and forgotten.
import { z } from "zod";
import type { ClientTables } from "../clients/client_store.ts";
import { sha256 } from "../../kit/sha256.ts";

/** Refresh tokens of all grants. */
export interface RefreshTokens {
  find(token: string): Promise<RefreshToken | undefined>;
  /**
   * Makes a token unused again whose use broke off before its answer was stored, and so before the app had it: better-auth does
   * not use a token in one transaction, and a database that fails in between would cost the person the connection.
   */
  reopen(token: string): Promise<void>;
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
      const isUsed = revoked instanceof Date;
      return {
        clientId,
        grantId,
        isUsed,
        isBrokenOff: isUsed && !!until && !row.rotationReplayResponse,
        hasAnswer: !!until && until >= new Date(),
      };
    },
    async reopen(token) {
      await tables.updateMany({
        model,
        where: [
          { field: "token", value: await sha256(token) },
          { field: "rotationReplayResponse", value: null },
          { field: "rotationReplayExpiresAt", operator: "ne", value: null },
        ],
        update: { revoked: null, rotatedAt: null, rotationReplayExpiresAt: null },
      });
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
        where: [
          { field: "rotationReplayExpiresAt", operator: "lt", value: new Date() },
          { field: "rotationReplayResponse", operator: "ne", value: null }, // the others have broken off
        ],
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
  /** Whether its use broke off before the app could have had the answer. */
  readonly isBrokenOff: boolean;
  /** Whether better-auth still has its answer, for an app that did not get the answer. */
  readonly hasAnswer: boolean;
}

const Row = z.object({
  clientId: z.string(),
  referenceId: z.string(),
  revoked: z.date().nullish(),
  rotationReplayExpiresAt: z.date().nullish(),
  rotationReplayResponse: z.string().nullish(),
});
