// The profile that every person has, one record of no space. The auth service of the Mana apps writes it at sign-up, and the apps
// wait for it (contract: modules, profile; sync-protocol, section 9).
import type { DatabaseSync } from "node:sqlite";
import type { ChangeLog } from "./change_log.ts";

/** Writes a person's profile, unless it was ever written. The sealed sections are left out: nothing here has the key. */
export type EnsureProfile = (userId: string) => void;

/** Creates the function on the log. */
export function createEnsureProfile(
  { db, changeLog, now }: {
    readonly db: DatabaseSync;
    readonly changeLog: Pick<ChangeLog, "append">;
    /** Milliseconds since 1970. */
    readonly now: () => number;
  },
): EnsureProfile {
  const found = db.prepare(
    "SELECT 1 FROM changes WHERE user_id = ? AND app = ? AND table_name = ? AND record_id = ? LIMIT 1",
  );
  return (userId) => {
    if (found.get(userId, APP, TABLE, ID) !== undefined) return; // at nearly every login
    const createdAt = new Date(now()).toISOString();
    changeLog.append({ userId, clientId: ACTOR.principalId, app: APP }, [{
      table: TABLE,
      id: ID,
      op: "insert",
      spaceId: undefined,
      schemaVersion: 1,
      data: { id: ID, userId, interview: { answeredIds: [], skippedIds: [] }, createdAt },
      stamps: undefined,
      deletedAt: undefined,
      actor: ACTOR,
      origin: "system",
    }]);
  };
}

const APP = "profile";
const TABLE = "userContext";
/** The same for everybody: each person has a log of their own. */
const ID = "singleton";
const ACTOR = { kind: "system", principalId: "system:bootstrap", displayName: "Mana" };
