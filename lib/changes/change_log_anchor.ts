import type { Clock } from "../kit/clock.ts";
import { LOG_ANCHOR_MS } from "../kit/limits.ts";
import type { Change } from "./change.ts";
import { parseInstant, stepBack } from "./instant.ts";
import type { PullTarget } from "./pull_changes.ts";
import type { SyncClient } from "./sync_client.ts";
import type { PullPortion } from "./sync_messages.ts";

/** How much earlier than a change's own stamp the service may have stored it, for a guess that need not be right. */
const GUESS_MS = 60_000;

/**
 * The newest known change, by which a log is known again. Logs only grow; one that has lost this change is an older one, put
 * back from a backup, and what was folded since shows records that are gone. Its time is the service's secret (sync contract
 * section 3), so what is kept is a time after which the service has once shown it.
 */
export interface ChangeLogAnchor {
  readonly eventId: string;
  /** The change was in the answer to a request for what is newer than this. */
  readonly since: string;
  /** A later time that may do as well, by the change's own stamp; null once it was tried. */
  readonly guess: string | null;
  /** When the service showed it last, in milliseconds since the epoch. */
  readonly shownAt: number;
}

/** The anchor after a page that was asked for since `since`: its last change, else what it was. */
export function anchorAfter(
  anchor: ChangeLogAnchor | null,
  page: PullPortion,
  since: string,
  now: number,
): ChangeLogAnchor | null {
  const last = page.changes.at(-1);
  if (last === undefined || last.eventId === null) return anchor;
  if (anchor?.eventId === last.eventId) {
    return { ...anchor, since: since > anchor.since ? since : anchor.since, shownAt: now };
  }
  return { eventId: last.eventId, since, guess: guessOf(last, since), shownAt: now };
}

/** Dependencies of {@link createAnchorCheck}. */
export interface AnchorCheckDeps {
  readonly sync: Pick<SyncClient, "pull">;
  readonly clock: Clock;
}

/** Looks whether a log still has its anchor. */
export interface AnchorCheck {
  /** Whether the service has not shown it for {@link LOG_ANCHOR_MS}. */
  isDue(anchor: ChangeLogAnchor): boolean;
  /**
   * The anchor as it was shown just now, as it is where that could not be found out (the next read asks again), or null: the
   * log has lost it. What else the service shows is thrown away. Never throws.
   */
  look(anchor: ChangeLogAnchor, target: Omit<PullTarget, "onResized">): Promise<ChangeLogAnchor | null>;
}

/** Creates it. */
export function createAnchorCheck({ sync, clock }: AnchorCheckDeps): AnchorCheck {
  return Object.freeze({
    isDue: ({ shownAt }: ChangeLogAnchor) => clock.calendar() - shownAt >= LOG_ANCHOR_MS,
    async look(anchor: ChangeLogAnchor, { caller, app, table, signal }: Omit<PullTarget, "onResized">) {
      // The last one twice: a service that cannot look up memberships leaves out the rows of shared spaces for that one
      // request (sync contract section 6).
      for (const since of [...anchor.guess === null ? [] : [anchor.guess], anchor.since, anchor.since]) {
        let page: PullPortion;
        try {
          page = await sync.pull(caller, app, table, since, signal);
        } catch {
          return anchor;
        }
        if (page.changes.some(({ eventId }) => eventId === anchor.eventId)) {
          return { ...anchor, since, guess: null, shownAt: clock.calendar() };
        }
      }
      return null;
    },
  });
}

/** A time soon before a change, by what its writer says; a writer's clock may be wrong, so it is tried and not believed. */
function guessOf({ data, fields, deletedAt }: Change, since: string): string | null {
  const stamp = deletedAt ?? fields?.at(-1)?.stamp ?? data?.updatedAt ?? data?.createdAt;
  const instant = typeof stamp === "string" ? parseInstant(stamp) : null;
  const guess = instant === null ? null : stepBack(instant, { ms: GUESS_MS });
  return guess !== null && guess > since ? guess : null;
}
