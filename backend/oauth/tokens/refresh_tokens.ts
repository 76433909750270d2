import { z } from "zod";
import type { ClientTables } from "../clients/client_store.ts";
import { sha256 } from "../../kit/sha256.ts";

/** Refresh tokens in better-auth's table, which makes and rotates them. */
export interface RefreshTokens {
  find(token: string): Promise<RefreshToken | undefined>;
  /** Forgets all of a grant. */
  forget(grantId: string): Promise<void>;
  /** Forgets all that are too old to be used, or to be recognised as used, and answers that nobody may get any more. */
  forgetExpired(): Promise<void>;
}

/** Creates the view of the table. How long an answer is kept goes by better-auth's clock, which is the machine's. */
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

/** A refresh token as better-auth keeps it. */
export interface RefreshToken {
  readonly clientId: string;
  readonly grantId: string;
  /** It was used before, or taken back. */
  readonly isUsed: boolean;
  /** It was used so shortly before that better-auth still has the answer, for whoever did not get it. */
  readonly hasAnswer: boolean;
}

const Row = z.object({
  clientId: z.string(),
  referenceId: z.string(),
  revoked: z.date().nullish(),
  rotationReplayExpiresAt: z.date().nullish(),
});
