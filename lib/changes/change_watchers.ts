// Who wants to know what pulls bring, by person and app. Pulls nothing and keeps no change.

import { type Principal, principalKey } from "../people/principal.ts";
import type { ChangeNews } from "./news/change_news.ts";
import type { FoldedTable } from "./folded/folded_table.ts";

/**
 * Wants to know what pulls of one table of one person bring. Called while a pull is applied: must neither throw nor wait.
 */
export interface ChangeWatcher {
  /** Whatever anybody writes in this space is of interest; absent: what the person writes alone. */
  readonly space?: string;
  /** There may be something new to pull. */
  stale(): void;
  /** A change of the record `id` is about to be applied. */
  before(folded: FoldedTable, id: string): void;
  /** The change that was announced last has been applied and has altered nothing but stamps. */
  unaltered?(id: string): void;
  /** The changes of a portion have been applied. */
  after(folded: FoldedTable): void;
  /** The table was built anew: what changed meanwhile is not known. */
  rebuilt(): void;
}

/** Watchers by person and app, since a hint names these two. */
export interface ChangeWatchers {
  /** Adds `watcher` until the returned function is called. */
  add(principal: Principal, app: string, table: string, watcher: ChangeWatcher): () => void;
  /** The watchers of one table as of now. */
  of(principal: Principal, app: string, table: string): readonly ChangeWatcher[];
  /** Tells the watchers of every table of an app that something may be new; `person` is a `principalKey`. */
  stale(person: string, app: string): void;
}

/** Starts without watchers. `news`: what other gateways tell; absent where there are none. */
export function createChangeWatchers(news?: Pick<ChangeNews, "watch">): ChangeWatchers {
  const byApp = new Map<string, Set<{ readonly table: string; readonly watcher: ChangeWatcher }>>();

  return Object.freeze({
    add(principal: Principal, app: string, table: string, watcher: ChangeWatcher) {
      const key = personAppKey(principalKey(principal), app);
      const own = byApp.get(key) ?? new Set();
      const watching = { table, watcher };
      byApp.set(key, own.add(watching));
      const unwatch = news?.watch(principal, app, watcher.space);
      return () => {
        unwatch?.();
        own.delete(watching);
        if (own.size === 0 && byApp.get(key) === own) byApp.delete(key);
      };
    },
    of(principal: Principal, app: string, table: string) {
      const all = byApp.get(personAppKey(principalKey(principal), app));
      return all === undefined
        ? []
        : [...all].filter((watching) => watching.table === table).map(({ watcher }) => watcher);
    },
    stale(person: string, app: string) {
      // A copy: who is told may stop watching.
      for (const { watcher } of [...byApp.get(personAppKey(person, app)) ?? []]) watcher.stale();
    },
  });
}

/** One string for one app of one person, for use as a map key. */
export function personAppKey(person: string, app: string): string {
  return JSON.stringify([person, app]);
}
