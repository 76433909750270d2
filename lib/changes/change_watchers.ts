import { type Principal, principalKey } from "../people/principal.ts";
import type { FoldedTable } from "./fold.ts";

/**
 * Somebody who wants to know what pulls of one table of one person bring. Called while a pull is applied: must neither
 * throw nor wait.
 */
export interface ChangeWatcher {
  /** Something new may be there to be pulled. */
  stale(): void;
  /** A change of the record `id` is about to be applied. */
  before(log: FoldedTable, id: string): void;
  /** Changes have been applied. */
  after(log: FoldedTable): void;
  /** The log was built anew: what changed meanwhile is not known. */
  rebuilt(): void;
}

/** Watchers by person and app, since that is what a hint names. */
export interface ChangeWatchers {
  /** Adds `watcher` until the returned function is called. */
  add(principal: Principal, app: string, table: string, watcher: ChangeWatcher): () => void;
  /** The watchers of one table as of now. */
  of(principal: Principal, app: string, table: string): readonly ChangeWatcher[];
  /** Tells the watchers of every table of an app that something may be new; `person` is a `principalKey`. */
  stale(person: string, app: string): void;
}

/** Creates it, without watchers. */
export function createChangeWatchers(): ChangeWatchers {
  const byApp = new Map<string, Set<{ readonly table: string; readonly watcher: ChangeWatcher }>>();

  return Object.freeze({
    add(principal: Principal, app: string, table: string, watcher: ChangeWatcher) {
      const key = keyOf(principalKey(principal), app);
      const own = byApp.get(key) ?? new Set();
      const watching = { table, watcher };
      byApp.set(key, own.add(watching));
      return () => {
        own.delete(watching);
        if (own.size === 0 && byApp.get(key) === own) byApp.delete(key);
      };
    },
    of(principal: Principal, app: string, table: string) {
      const all = byApp.get(keyOf(principalKey(principal), app));
      return all === undefined
        ? []
        : [...all].filter((entry) => entry.table === table).map(({ watcher }) => watcher);
    },
    stale(person: string, app: string) {
      // A copy: who is told may stop watching.
      for (const { watcher } of [...byApp.get(keyOf(person, app)) ?? []]) watcher.stale();
    },
  });
}

function keyOf(person: string, app: string): string {
  return JSON.stringify([person, app]);
}
