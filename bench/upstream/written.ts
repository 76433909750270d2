import { z } from "zod";

/** One stored change of a push. */
interface Row {
  readonly micros: number;
  readonly json: string;
}

/** What people pushed while the stub runs, by person and table. */
export interface Written {
  /** Stores the changes of a push; answers with the tables they were of. */
  push(subject: string, body: string, nowMicros: number): ReadonlySet<string>;
  /** Changes after `sinceMicros`, as JSON joined with commas. */
  since(subject: string, table: string, sinceMicros: number): string;
}

/** Inserted rows of one person and table that stay; older ones are taken away by "another device" of the person. */
const KEPT_ROWS = 20;
/** A change is forgotten this long after another device took its row away: beyond any cursor's overlap. */
const FORGOTTEN_AFTER_MICROS = 60_000_000;

const Push = z.object({
  changes: z.array(z.looseObject({ table: z.string(), id: z.string(), op: z.string() })),
});

/**
 * Creates an empty store. Whatever is created here is deleted again by a later change of the same log, so that a person's
 * data does not grow while writing is measured: a list at the end of a run has as much to do as at its start.
 */
export function createWritten(): Written {
  const logs = new Map<string, Row[]>();
  const living = new Map<string, string[]>();
  let last = 0;

  const append = (log: Row[], nowMicros: number, change: Readonly<Record<string, unknown>>) => {
    // Each its own microsecond, as one transaction per change gives it.
    last = Math.max(nowMicros, last + 1);
    log.push({
      micros: last,
      json: JSON.stringify({ ...change, eventId: crypto.randomUUID(), schemaVersion: 1 }),
    });
  };

  return {
    push(subject, body, nowMicros) {
      const tables = new Set<string>();
      for (const change of Push.parse(JSON.parse(body)).changes) {
        const key = `${subject}/${change.table}`;
        let log = logs.get(key);
        if (log === undefined) logs.set(key, log = []);
        let ids = living.get(key);
        if (ids === undefined) living.set(key, ids = []);
        append(log, nowMicros, change);
        if (change.op === "insert") ids.push(change.id);
        while (ids.length > KEPT_ROWS) {
          append(log, nowMicros, {
            table: change.table,
            id: ids.shift(),
            op: "delete",
            spaceId: change.spaceId,
          });
        }
        let old = 0;
        while ((log[old]?.micros ?? Infinity) < nowMicros - FORGOTTEN_AFTER_MICROS) old++;
        if (old > 0) log.splice(0, old);
        tables.add(change.table);
      }
      return tables;
    },
    since(subject, table, sinceMicros) {
      const log = logs.get(`${subject}/${table}`);
      if (log === undefined) return "";
      let from = log.length;
      while (from > 0 && (log[from - 1]?.micros ?? 0) > sinceMicros) from--;
      return log.slice(from).map(({ json }) => json).join(",");
    },
  };
}
