// Which fields an update can write (sync contract section 8).

/** Local bookkeeping of clients that is never part of a record (sync contract section 8). */
export const BOOKKEEPING: ReadonlySet<string> = new Set([
  "__fieldMeta",
  "__fieldTimestamps",
  "__fieldActors",
  "__lastActor",
  "_updatedAtIndex",
]);
/** Fields that only an insert sets: an update of them is ignored, as in the app (sync contract section 8). */
export const IMMUTABLE: ReadonlySet<string> = new Set(["id", "spaceId", "authorId", "userId"]);

/**
 * Fields into which no path leads: those of every record, which hold texts, and what only clients keep of a record. Else a path
 * into `deletedAt` would delete a record.
 */
export const CLOSED: ReadonlySet<string> = new Set([
  ...BOOKKEEPING,
  ...IMMUTABLE,
  "visibility",
  "createdAt",
  "updatedAt",
  "deletedAt",
]);
