import { z } from "zod";

/**
 * Rows whose transaction has begun and has not committed: their time is given, nobody sees them yet (sync contract
 * section 11.4). The embedded backend commits at once, so the proxy hides them from everyone until it answers the push.
 */
export interface HeldRows {
  /** Hides what `body`, a push, will store, until the returned function is called; null when some of it is there already. */
  hold(body: string): (() => void) | null;
  /**
   * Notes that what `body` stores can be seen by now: it must never be hidden again. That ends a hold of the same content,
   * since its rows cannot be told from these: two clients may delete one record in the same millisecond, of which one
   * push commits late and the other is answered at once.
   */
  show(body: string): void;
  /** A pull's answer without the rows that are held. */
  withoutHeld(answer: string): string;
  /** Rows left out of answers so far. */
  hidden(): number;
}

const Fields = z.record(z.string(), z.looseObject({ value: z.unknown(), at: z.string().optional() }));
const Change = z.looseObject({
  table: z.string(),
  id: z.string(),
  op: z.string(),
  deletedAt: z.string().optional(),
  data: z.looseObject({}).optional(),
  fields: Fields.optional(),
});
const Push = z.looseObject({ changes: z.array(Change) });
const Page = z.looseObject({ serverChanges: z.array(Change).nullable() });

/** Creates it with nothing held. */
export function createHeldRows(): HeldRows {
  const held = new Set<string>();
  const shown = new Set<string>();
  let hidden = 0;
  const keysOf = (body: string) => Push.parse(JSON.parse(body)).changes.map(keyOf);
  return {
    hold(body) {
      const keys = keysOf(body);
      if (keys.some((key) => shown.has(key) || held.has(key))) return null;
      for (const key of keys) held.add(key);
      return () => {
        for (const key of keys) {
          held.delete(key);
          shown.add(key);
        }
      };
    },
    show(body) {
      for (const key of keysOf(body)) {
        held.delete(key);
        shown.add(key);
      }
    },
    withoutHeld(answer) {
      if (held.size === 0) return answer;
      const page = Page.parse(JSON.parse(answer));
      const rows = page.serverChanges ?? [];
      const visible = rows.filter((row) => !held.has(keyOf(row)));
      if (visible.length === rows.length) return answer;
      hidden += rows.length - visible.length;
      return JSON.stringify({ ...page, serverChanges: visible });
    },
    hidden: () => hidden,
  };
}

/** The same for a change on its way in and on its way out, and different for any other write. */
function keyOf(change: z.infer<typeof Change>): string {
  const { table, id, op, deletedAt } = change;
  const stamps = Object.entries(change.fields ?? {}).map(([name, { value, at }]) => [name, at, value]).sort();
  const text = change.data?.title ?? change.data?.firstName ?? null;
  const content = op === "insert" ? text : op === "delete" ? deletedAt ?? null : stamps;
  return JSON.stringify([table, id, op, content]);
}
