import type { Clock } from "./clock.ts";
import { createLinkedOrder, type LinkedItem } from "./linked_order.ts";

/** Dependencies of {@link createExpiringMap}. */
export interface ExpiringMapDeps {
  readonly clock: Clock;
  /** Values kept at once. */
  readonly maxEntries: number;
}

/** Values by key, each believed for a while. */
export interface ExpiringMap<Value> {
  /** The value, as long as its time is not over. */
  get(key: string): Value | undefined;
  /** Keeps a value until a time, in milliseconds since the epoch; one that was there before is replaced. */
  set(key: string, value: Value, until: number): void;
  /** Forgets a value at once; does nothing when there is none. */
  delete(key: string): void;
}

interface Entry<Value> extends LinkedItem<Entry<Value>> {
  readonly key: string;
  readonly value: Value;
  readonly until: number;
  /** When it was set or last found. */
  seenAt: number;
}

/**
 * Creates an empty map. Above `maxEntries` the value that was set longest ago goes, so that a flood of new identities costs
 * bounded memory. A clock that was set back must not lengthen a life: a value that was seen later than now is over.
 */
export function createExpiringMap<Value>({ clock, maxEntries }: ExpiringMapDeps): ExpiringMap<Value> {
  const entries = new Map<string, Entry<Value>>();
  const order = createLinkedOrder<Entry<Value>>();

  const drop = (entry: Entry<Value>): void => {
    entries.delete(entry.key);
    order.remove(entry);
  };

  return Object.freeze({
    get(key: string): Value | undefined {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      const at = clock.calendar();
      if (at < entry.seenAt || at >= entry.until) {
        drop(entry);
        return undefined;
      }
      entry.seenAt = at;
      return entry.value;
    },
    set(key: string, value: Value, until: number): void {
      const replaced = entries.get(key);
      if (replaced !== undefined) order.remove(replaced);
      const entry: Entry<Value> = { key, value, until, seenAt: clock.calendar() };
      entries.set(key, entry);
      order.add(entry);
      const oldest = entries.size > maxEntries ? order.oldest() : undefined;
      if (oldest !== undefined) drop(oldest);
    },
    delete(key: string): void {
      const entry = entries.get(key);
      if (entry !== undefined) drop(entry);
    },
  });
}
