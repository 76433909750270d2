// What people push to the stub while it runs, by person and table.
import { z } from "zod";

/** Inserted rows of one person and table that stay; older ones are taken away by "another device" of the person. */
const KEPT_ROWS = 20;
/** A change is forgotten this long after another device took its row away: beyond any cursor's overlap. */
const FORGOTTEN_AFTER_MICROS = 60_000_000;

const Push = z.object({
  changes: z.array(z.looseObject({ table: z.string(), id: z.string(), op: z.string() })),
});

/** The log of one person and table, and the ids of the inserted rows that are still there. */
type Log = {
  readonly changes: { readonly micros: number; readonly json: string }[];
  readonly living: string[];
};

/**
 * Starts empty. Whatever is created here is deleted again by a later change of the same log, so that a person's data does
 * not grow while writing is measured: a list at the end of a run has as much to do as at its start.
 */
export function createWritten() {
  const logs = new Map<string, Log>();
  let lastMicros = 0;

  const append = ({ changes }: Log, nowMicros: number, change: Readonly<Record<string, unknown>>) => {
    // Each its own microsecond, as one transaction per change gives it.
    lastMicros = Math.max(nowMicros, lastMicros + 1);
    const json = JSON.stringify({ ...change, eventId: crypto.randomUUID(), schemaVersion: 1 });
    changes.push({ micros: lastMicros, json });
  };

  return {
    /** Stores the changes of a push; answers with the tables they were of. */
    push(subject: string, body: string, nowMicros: number): ReadonlySet<string> {
      const tables = new Set<string>();
      for (const change of Push.parse(JSON.parse(body)).changes) {
        const { table, spaceId } = change;
        const log = logs.get(`${subject}/${table}`) ?? { changes: [], living: [] };
        logs.set(`${subject}/${table}`, log);
        append(log, nowMicros, change);
        if (change.op === "insert") log.living.push(change.id);
        while (log.living.length > KEPT_ROWS) {
          append(log, nowMicros, { table, id: log.living.shift(), op: "delete", spaceId });
        }
        let old = 0;
        while ((log.changes[old]?.micros ?? Infinity) < nowMicros - FORGOTTEN_AFTER_MICROS) old++;
        if (old > 0) log.changes.splice(0, old);
        tables.add(table);
      }
      return tables;
    },
    /** Changes after `sinceMicros`, as JSON joined with commas. */
    since(subject: string, table: string, sinceMicros: number): string {
      const changes = logs.get(`${subject}/${table}`)?.changes ?? [];
      let from = changes.length;
      while (from > 0 && (changes[from - 1]?.micros ?? 0) > sinceMicros) from--;
      return changes.slice(from).map(({ json }) => json).join(",");
    },
  };
}
