// Whether an update of an unfinished write is stored: by its stamps, and where those are gone, by the change log.

import type { LiveRecord } from "../../changes/live_records.ts";
import { isInLog } from "../../changes/read_log.ts";
import type { PushedTable } from "../../changes/push_changes.ts";
import type { RecordCall } from "../record_call.ts";
import type { PathStamps } from "./unfinished_writes.ts";

/**
 * Whether an update arrived. An update is stored as a whole, so a single stamp of it tells. Where others have written over all of
 * it since, only the change log tells whether they have seen it.
 */
export async function hasArrived(
  { deps, scope }: RecordCall,
  { app, name }: PushedTable,
  record: LiveRecord,
  stamps: PathStamps,
): Promise<boolean> {
  let isWrittenOver = true;
  for (const [path, stamp] of stamps) {
    const newest = record.stampAt(path);
    if (newest === stamp) return true;
    if (newest === undefined || newest < stamp) isWrittenOver = false;
  }
  if (!isWrittenOver) return false;
  return await isInLog(
    deps.sync,
    { caller: scope.caller, app, table: name, signal: scope.signal },
    ({ id, fields }) =>
      id === record.id && fields !== null && fields.some(({ name, stamp }) => stamps.get(name) === stamp),
  );
}
