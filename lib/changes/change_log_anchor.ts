// Whether a change log is still the log that was folded. A service put back from a backup has lost changes; the newest known
// change, the anchor, shows it. Only looks; what follows is for refresh_state.ts.

import type { Clock } from "../kit/clock.ts";
import { LOG_ANCHOR_MS } from "../kit/limits.ts";
import type { Change } from "./change.ts";
import { parseInstant, stepBack } from "./instant.ts";
import type { PullTarget } from "./pull_changes.ts";
import type { SyncClient } from "./sync_client.ts";
import type { PullPortion } from "./sync_messages.ts";

/**
 * The newest known change. Change logs only grow: a log without this change is an older log, put back from a backup, and
 * records that were folded since are gone. The time at which the service stored the change is its secret (sync contract
 * section 3), so the anchor holds a time after which the service has once shown the change.
 */
export interface ChangeLogAnchor {
  readonly eventId: string;
  /** The change was in the answer to a request for everything newer than this instant. */
  readonly since: string;
  /** A later instant that may do as well, by the change's own stamp; null once it was tried. */
  readonly guess: string | null;
  /** When the service last showed the change, in milliseconds since 1970. */
  readonly shownAt: number;
}

/** How much earlier than a change's own stamp the service may have stored it. Only for a guess that need not be right. */
const GUESS_MS = 60_000;

/** The anchor after a portion that was asked for since `since`: the last change of the portion, else the anchor before. */
export function anchorAfter(
  anchor: ChangeLogAnchor | null,
  portion: PullPortion,
  since: string,
  now: number,
): ChangeLogAnchor | null {
  const last = portion.changes.at(-1);
  if (last === undefined || last.eventId === null) return anchor;
  if (anchor?.eventId === last.eventId) {
    return { ...anchor, since: since > anchor.since ? since : anchor.since, shownAt: now };
  }
  return { eventId: last.eventId, since, guess: guessOf(last, since), shownAt: now };
}

/** Whether the service has not shown the anchor for {@link LOG_ANCHOR_MS}. */
export function isAnchorDue({ shownAt }: ChangeLogAnchor, clock: Clock): boolean {
  return clock.calendar() - shownAt >= LOG_ANCHOR_MS;
}

/**
 * Asks the service for the anchor. Returns the anchor as it was shown just now; unchanged when the service did not answer (the
 * next read asks again); null when the log has lost it. Whatever else the service shows is thrown away. Never throws.
 */
export async function findAnchor(
  { sync, clock }: { readonly sync: Pick<SyncClient, "pull">; readonly clock: Clock },
  anchor: ChangeLogAnchor,
  { caller, app, table, signal }: PullTarget,
): Promise<ChangeLogAnchor | null> {
  // The last instant is tried twice: a service that cannot look up memberships leaves the rows of shared spaces out of that one
  // answer (sync contract section 6).
  for (const since of [...anchor.guess === null ? [] : [anchor.guess], anchor.since, anchor.since]) {
    let portion: PullPortion;
    try {
      portion = await sync.pull(caller, app, table, since, signal);
    } catch {
      return anchor;
    }
    if (portion.changes.some(({ eventId }) => eventId === anchor.eventId)) {
      return { ...anchor, since, guess: null, shownAt: clock.calendar() };
    }
  }
  return null;
}

/** An instant soon before a change, by its writer's clock. That clock may be wrong, so the guess is tried and not believed. */
function guessOf({ data, fields, deletedAt }: Change, since: string): string | null {
  const stamp = deletedAt ?? fields?.at(-1)?.stamp ?? data?.updatedAt ?? data?.createdAt;
  const instant = typeof stamp === "string" ? parseInstant(stamp) : null;
  const guess = instant === null ? null : stepBack(instant, { ms: GUESS_MS });
  return guess !== null && guess > since ? guess : null;
}
