// Whose turn it is, and that they get it: a queue with a few workers, so that nobody waits for a neighbour who hangs. It knows nothing
// of what an attempt does. What it keeps is about the next minutes: everything else lies behind the personas API.
import type { AttemptReport, Player, StopSignals } from "../attempt/attempt.ts";
import type { Persona } from "../catalogue/read_catalogue.ts";
import type { Clock } from "../kit/clock.ts";
import { createTurns, type Turns } from "../kit/turns.ts";
import type { PersonasApi } from "../personas_api/personas_api.ts";
import { createPauses, type Pauses } from "./pauses.ts";
import { playerOf } from "./player_of.ts";

/** Creates a schedule that has not begun. */
export function createSchedule(deps: ScheduleDeps): Schedule {
  const state: State = {
    queue: [],
    running: new Map(),
    pauses: createPauses(deps.clock.calendar),
    soft: new AbortController(),
    hard: new AbortController(),
    isPaused: false,
    takeBack: () => {},
    lastAsked: null,
    idle: [],
    asking: createTurns(),
  };
  const again = () => {
    if (state.soft.signal.aborted) return;
    state.takeBack = deps.clock.after(deps.intervalMs, again);
    if (!state.isPaused) void tick(deps, state);
  };
  return Object.freeze({
    tick: () => tick(deps, state),
    play: (names: readonly string[]) => playNow(deps, state, names),
    knows: (name: string) =>
      deps.catalogue.some((persona) => persona.name === name && deps.isWanted?.(persona) !== false),
    start() {
      state.takeBack = deps.clock.after(0, again);
    },
    pause: () => void (state.isPaused = true),
    resume() {
      state.isPaused = false;
      work(deps, state);
    },
    async stop() {
      state.takeBack();
      state.soft.abort(new Error("the runner stops"));
      leave(state);
      if (state.running.size > 0) await new Promise<void>((resolve) => void state.idle.push(resolve));
    },
    abort: () => state.hard.abort(new Error("the runner ends")),
    status: () => ({
      isPaused: state.isPaused,
      running: [...state.running.values()],
      queued: state.queue.length,
      waiting: state.pauses.list(),
      lastAsked: state.lastAsked,
    }),
  });
}

/** Plays whoever is due. */
export interface Schedule {
  /** Asks whose turn it is and plays them; resolves with their reports when all of them are through, or were left for later. */
  tick(): Promise<readonly AttemptReport[]>;
  /** Plays these people now, due or not, and resolves as {@link Schedule.tick} does. Whoever plays or is in the queue already is left to it. */
  play(names: readonly string[]): Promise<readonly AttemptReport[]>;
  /** Whether the catalogue has a persona of this name, and it is played at all. */
  knows(name: string): boolean;
  /** Ticks now, and again in every interval. */
  start(): void;
  /** No attempt begins until {@link Schedule.resume}; those that run end as usual. */
  pause(): void;
  resume(): void;
  /** Begins nothing any more, and lets attempts end after their call; resolves when they have. */
  stop(): Promise<void>;
  /** Ends the attempts at once. */
  abort(): void;
  status(): ScheduleStatus;
}

/** What a schedule is doing. Names and times only. */
export interface ScheduleStatus {
  readonly isPaused: boolean;
  /** Names of personas. */
  readonly running: readonly string[];
  readonly queued: number;
  readonly waiting: readonly { readonly persona: string; readonly until: number }[];
  /** The last question whose turn it is; null before the first. */
  readonly lastAsked: { readonly at: number; readonly isAnswered: boolean } | null;
}

/** What {@link createSchedule} needs. */
export interface ScheduleDeps {
  readonly api: Pick<PersonasApi, "due" | "everybody">;
  /** Never throws. */
  readonly play: (player: Player, signals: StopSignals) => Promise<AttemptReport>;
  readonly catalogue: readonly Persona[];
  readonly clock: Clock;
  readonly concurrency: number;
  readonly intervalMs: number;
  /** Whether a persona is played at all; everybody by default. */
  readonly isWanted?: (persona: Persona) => boolean;
  /** Told of each attempt. */
  readonly onReport: (report: AttemptReport) => void;
}

/** Players of one tick. */
interface Batch {
  left: number;
  readonly reports: AttemptReport[];
  readonly done: () => void;
}

interface State {
  readonly queue: { readonly player: Player; readonly batch: Batch }[];
  /** Names by user id. */
  readonly running: Map<string, string>;
  readonly pauses: Pauses;
  readonly soft: AbortController;
  readonly hard: AbortController;
  isPaused: boolean;
  takeBack: () => void;
  lastAsked: ScheduleStatus["lastAsked"];
  /** Told when nothing runs any more. */
  readonly idle: (() => void)[];
  readonly asking: Turns;
}

async function tick(deps: ScheduleDeps, state: State): Promise<readonly AttemptReport[]> {
  // While a service is away, nobody is asked anything.
  if (state.pauses.gate() === "closed") return [];
  return await playAll(deps, state, () => findPlayers(deps, state));
}

async function playNow(
  deps: ScheduleDeps,
  state: State,
  names: readonly string[],
): Promise<readonly AttemptReport[]> {
  return await playAll(deps, state, async () => {
    const everybody = await deps.api.everybody(state.hard.signal).catch(() => []);
    const players = new Map(everybody.map((persona) => {
      const player = playerOf(persona, deps.catalogue);
      return [player?.persona.name, player];
    }));
    return [...new Set(names)].map((name) => players.get(name) ?? null).filter((one) => one !== null);
  });
}

/** Puts into the queue whom `find` names and who neither plays nor waits there; resolves when all of them are through. */
async function playAll(
  deps: ScheduleDeps,
  state: State,
  find: () => Promise<readonly Player[]>,
): Promise<readonly AttemptReport[]> {
  const done = Promise.withResolvers<void>();
  const batch: Batch = { left: 0, reports: [], done: done.resolve };
  // One question at a time: of two answers at once both would name those whom neither has queued yet.
  await state.asking(async () => {
    const found = await find();
    if (state.soft.signal.aborted) return;
    const queued = new Set(state.queue.map(({ player }) => player.userId));
    const players = found.filter(({ userId, persona }) =>
      !queued.has(userId) && !state.running.has(userId) && deps.isWanted?.(persona) !== false
    );
    batch.left = players.length;
    state.queue.push(...players.map((player) => ({ player, batch })));
  });
  if (batch.left === 0) return batch.reports;
  work(deps, state);
  await done.promise;
  return batch.reports;
}

/** Who is due, and whose pause is over; nobody whose pause is not. */
async function findPlayers(deps: ScheduleDeps, state: State): Promise<readonly Player[]> {
  const at = deps.clock.calendar();
  const due = await deps.api.due(state.hard.signal).catch(() => null);
  state.lastAsked = { at, isAnswered: due !== null };
  if (due === null) return [];
  const found = new Map<string, Player>();
  const players = due.map((persona) => playerOf(persona, deps.catalogue));
  for (const player of [...players, ...state.pauses.over()]) {
    if (player !== null) found.set(player.userId, player);
  }
  return [...found.values()].filter(({ userId }) => !state.pauses.isWaiting(userId));
}

function work(deps: ScheduleDeps, state: State): void {
  while (state.running.size < workers(deps, state)) {
    const next = state.queue.shift();
    if (next === undefined) break;
    void run(deps, state, next.player, next.batch);
  }
  if (state.pauses.gate() === "closed") leave(state);
  if (state.running.size === 0) { for (const resume of state.idle.splice(0)) resume(); }
}

function workers({ concurrency }: ScheduleDeps, { isPaused, soft, pauses }: State): number {
  if (isPaused || soft.signal.aborted) return 0;
  const gate = pauses.gate();
  return gate === "open" ? concurrency : gate === "trial" ? 1 : 0;
}

async function run(deps: ScheduleDeps, state: State, player: Player, batch: Batch): Promise<void> {
  state.running.set(player.userId, player.persona.name);
  const report = await deps.play(player, { soft: state.soft.signal, hard: state.hard.signal });
  state.running.delete(player.userId);
  judge(state.pauses, player, report);
  batch.reports.push(report);
  deps.onReport(report);
  leaveBatch(batch);
  work(deps, state);
}

/** What an attempt means for the next ones. */
function judge(pauses: Pauses, player: Player, report: AttemptReport): void {
  // Made again, the persona has another id: a pause of the old one would play it beside itself.
  if (report.kind === "gone") return pauses.end(player.userId);
  if (report.kind !== "played") {
    // Held by our own tick of before, perhaps, whose end could not be posted: its lease ends by itself.
    if (report.kind === "lost" || pauses.has(player.userId)) pauses.add(player, null);
    if (report.kind === "lost") pauses.addForAll();
    return;
  }
  const { fault, calls, isPosted } = report;
  if (fault === null && isPosted) pauses.endForAll();
  else if (fault !== null && fault.away !== null) pauses.addForAll();
  // A day that has begun is a day: it is not played twice.
  const isToRepeat = !isPosted || fault !== null && calls === 0 && fault.ending !== "interrupted";
  if (isToRepeat) pauses.add(player, fault?.waitMs ?? null);
  else pauses.end(player.userId);
}

/** Leaves those who wait for their turn to a later tick. */
function leave(state: State): void {
  for (const { batch } of state.queue.splice(0)) leaveBatch(batch);
}

function leaveBatch(batch: Batch): void {
  batch.left -= 1;
  if (batch.left === 0) batch.done();
}
