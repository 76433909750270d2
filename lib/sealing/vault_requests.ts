// Requests to the vault of one kind, at most one at a time per person: whoever asks meanwhile waits for that one. What an
// answer means, and how long it is believed, is for keyring.ts.

import type { Clock } from "../kit/clock.ts";
import { SharedWork } from "../kit/shared_work.ts";
import { type Caller, principalKey } from "../people/principal.ts";

/** Requests of one kind by person. */
export interface VaultRequests<Answer> {
  /**
   * The answer to the request under way if that request began after `since` (on {@link Clock.elapsed}), else to the next one.
   * Throws what `ask` throws, but not that another caller's token was refused, and Refused `cancelled` when `signal` ends.
   */
  join(caller: Caller, signal: AbortSignal, since?: number): Promise<Answer>;
  /** Nobody may join the request under way for this person (a `principalKey`) any more. */
  forget(person: string): void;
  /** Resolves when no request is under way. */
  drained(): Promise<void>;
}

/** One request to the vault. */
export interface VaultRequest {
  readonly caller: Caller;
  /** `principalKey` of the caller. */
  readonly person: string;
  readonly signal: AbortSignal;
  /** When the request began, on {@link Clock.elapsed}. */
  readonly startedAt: number;
  /** False once the request was forgotten: its answer must not be kept. */
  readonly isCurrent: () => boolean;
}

/** Starts with no request under way. */
export function createVaultRequests<Answer>(
  clock: Clock,
  ask: (request: VaultRequest) => Promise<Answer>,
): VaultRequests<Answer> {
  const state: RequestsState<Answer> = { clock, ask, current: new Map(), underWay: new Set() };
  return Object.freeze({
    join: (caller: Caller, signal: AbortSignal, since = -Infinity) =>
      joinRequest(state, caller, signal, since),
    forget: (person: string) => void state.current.delete(person),
    async drained() {
      await Promise.all(state.underWay);
    },
  });
}

interface RequestsState<Answer> {
  readonly clock: Clock;
  readonly ask: (request: VaultRequest) => Promise<Answer>;
  /** The request that may be joined, by person. */
  readonly current: Map<string, StartedRequest<Answer>>;
  /** The end of every request, forgotten ones included. */
  readonly underWay: Set<Promise<void>>;
}

interface StartedRequest<Answer> {
  readonly work: SharedWork<Answer>;
  readonly startedAt: number;
}

async function joinRequest<Answer>(
  state: RequestsState<Answer>,
  caller: Caller,
  signal: AbortSignal,
  since: number,
): Promise<Answer> {
  const person = principalKey(caller.principal);
  for (;;) {
    let request = state.current.get(person);
    if (request === undefined || request.work.isAbandoned()) request = startRequest(state, person, caller);
    else if (request.startedAt <= since) {
      await request.work.over;
      continue;
    }
    try {
      return await request.work.join(signal);
    } catch (error) {
      if (!request.work.isOthersRefusal(error, caller.token)) throw error;
    }
  }
}

function startRequest<Answer>(
  { clock, ask, current, underWay }: RequestsState<Answer>,
  person: string,
  caller: Caller,
): StartedRequest<Answer> {
  const startedAt = clock.elapsed();
  const isCurrent = () => current.get(person) === request;
  const work = new SharedWork(
    caller.token,
    (signal) => ask({ caller, person, signal, startedAt, isCurrent }),
  );
  const request = { work, startedAt };
  current.set(person, request);
  underWay.add(work.over);
  void work.over.then(() => {
    underWay.delete(work.over);
    if (isCurrent()) current.delete(person);
  });
  return request;
}
