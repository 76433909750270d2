// Pulls of the gateway's own tables, without the rows that lie under another space than the person's sentinel. Anybody may write rows
// into an organization, and its members receive them: such rows never reach the fold, so that they take no memory either.

import type { SyncClient } from "../changes/sync_client.ts";
import type { RecordFinding } from "../observe/metrics.ts";
import type { Caller } from "../people/principal.ts";
import { personalSentinel } from "../spaces/active_space.ts";

/** The app of the gateway's own records. No Mana app syncs it. */
export const OWN_APP = "mcp";

/** A pull that leaves out and counts every row under another space than the caller's sentinel. Throws what `SyncClient.pull` throws. */
export function createOwnPull(
  sync: Pick<SyncClient, "pull">,
  observe: (kind: RecordFinding, table: string, count: number) => void,
): Pick<SyncClient, "pull"> {
  return Object.freeze({
    async pull(caller: Caller, app: string, table: string, since: string, signal: AbortSignal) {
      const portion = await sync.pull(caller, app, table, since, signal);
      const sentinel = personalSentinel(caller.principal.subject);
      const changes = portion.changes.filter(({ spaceId }) => spaceId === sentinel);
      const foreign = portion.changes.length - changes.length;
      if (foreign > 0) observe("foreign", `${app}/${table}`, foreign);
      return { ...portion, changes };
    },
  });
}
