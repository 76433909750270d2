// Who has to wait before the next attempt: a persona whose attempt came to nothing, and everybody while a service is away. A pause
// begins with a minute and doubles up to an hour: without it a model would be paid every minute for days that cannot begin.
import type { Player } from "../attempt/attempt.ts";

/** Creates pauses: nobody waits. */
export function createPauses(now: () => number): Pauses {
  const ofPlayers = new Map<string, PlayerPause>();
  let ofAll: Pause | null = null;
  return Object.freeze({
    /** Nothing came of an attempt. `atLeastMs` is what the other side asked for. */
    add(player: Player, atLeastMs: number | null) {
      ofPlayers.set(player.userId, { player, ...longer(ofPlayers.get(player.userId), now(), atLeastMs) });
    },
    end: (userId: string) => void ofPlayers.delete(userId),
    isWaiting: (userId: string) => (ofPlayers.get(userId)?.until ?? 0) > now(),
    has: (userId: string) => ofPlayers.has(userId),
    over: () => [...ofPlayers.values()].filter(({ until }) => until <= now()).map(({ player }) => player),
    addForAll: () => void (ofAll = longer(ofAll, now(), null)),
    endForAll: () => void (ofAll = null),
    gate: () => ofAll === null ? "open" : ofAll.until > now() ? "closed" : "trial",
    list: () => [...ofPlayers.values()].map(({ player, until }) => ({ persona: player.persona.name, until })),
  });
}

/** Who waits. */
export interface Pauses {
  add(player: Player, atLeastMs: number | null): void;
  end(userId: string): void;
  isWaiting(userId: string): boolean;
  has(userId: string): boolean;
  /** Whose pause is over: they are tried again, though they may not be due any more, since a claim counts as activity. */
  over(): readonly Player[];
  addForAll(): void;
  endForAll(): void;
  /** `trial`: one persona goes first, and if it gets through, everybody does. */
  gate(): "open" | "closed" | "trial";
  list(): readonly { readonly persona: string; readonly until: number }[];
}

interface Pause {
  readonly until: number;
  readonly ms: number;
}

interface PlayerPause extends Pause {
  readonly player: Player;
}

const FIRST_MS = 60_000;
const LONGEST_MS = 3_600_000;

function longer(before: Pause | null | undefined, now: number, atLeastMs: number | null): Pause {
  const ms = Math.min(before === null || before === undefined ? FIRST_MS : 2 * before.ms, LONGEST_MS);
  return { ms, until: now + Math.max(ms, Math.min(atLeastMs ?? 0, LONGEST_MS)) };
}
