// One persona, one tick: claim, sign in, connect, the day, ratings, the last row. Nothing of a persona outlives it, and it never
// throws: how it ended is its report. docs/personas.md has the whole way.
import { type Brain, BrainFault, type Day, type Mind, type Rating, type Turn } from "../brain/brain.ts";
import type { Engine } from "../brain/engine.ts";
import type { Persona } from "../catalogue/read_catalogue.ts";
import type { Checks } from "../checks/check.ts";
import { createDeadline } from "../kit/clock.ts";
import { connectMana, type ManaDeps } from "../mana/mana.ts";
import type { PersonasApi } from "../personas_api/personas_api.ts";
import type { Access } from "../sign_in/access.ts";
import { type DayEvents, playDay } from "./day.ts";
import { type Ending, type Fault, faultOf } from "./ending.ts";
import { playByEngine } from "./engine_day.ts";
import type { InputHash } from "./input_hash.ts";
import { fitting } from "./ratings.ts";
import { createTickRows, type TickRows } from "./tick_rows.ts";
import { until } from "./until.ts";

/** Plays one persona for one tick. Never throws. */
export async function attempt(
  deps: AttemptDeps,
  player: Player,
  signals: StopSignals,
): Promise<AttemptReport> {
  const started = deps.clock.elapsed();
  const tickId = deps.newTickId();
  const report = { persona: player.persona.name, userId: player.userId, tickId };
  const claimed = await claim(deps, player, tickId, signals);
  if (typeof claimed === "string") return { ...report, kind: claimed };
  const rows = createTickRows({ tickId, hash: deps.hash, post: poster(deps, player) });
  const deadline = createDeadline(deps.clock, MAX_TICK_MS, [signals.hard]);
  const soft = AbortSignal.any([deadline.signal, signals.soft]);
  const run: Run = { player, tickId, tick: claimed, rows, turns: [], hard: deadline.signal, soft };
  const played = await play(deps, run).catch((error: unknown): Played => {
    const fault = faultOf(error, signals.soft);
    return { ending: fault.ending, fault, ratings: [] };
  });
  deadline.end();
  const ms = deps.clock.elapsed() - started;
  const ratings = await postRatings(deps, run, played.ratings);
  // Last, and whatever happened: it moves the persona's last activity, and a tick without it was interrupted.
  const isPosted = await rows.end(played.ending, ms);
  const calls = run.turns.reduce((sum, turn) => sum + turn.calls.length, 0);
  return { ...report, kind: "played", ...played, ratings, tick: claimed, ms, calls, isPosted };
}

/** Who is played. */
export interface Player {
  readonly userId: string;
  readonly persona: Persona;
}

/** How a runner that stops tells its attempts. */
export interface StopSignals {
  /** Nothing new: the attempt ends after its call. */
  readonly soft: AbortSignal;
  /** At once. */
  readonly hard: AbortSignal;
}

/** What came of an attempt. */
export type AttemptReport =
  & { readonly persona: string; readonly userId: string; readonly tickId: string }
  & (
    /** `held`: another runner plays this persona. `lost`: the personas API could not be asked. `gone`: the persona was deleted. */
    | { readonly kind: "held" | "lost" | "gone" }
    | PlayedReport
  );

interface PlayedReport extends Played {
  readonly kind: "played";
  /** How many ticks the persona had before. */
  readonly tick: number;
  readonly ms: number;
  /** Calls that the mind wished for and that were made. */
  readonly calls: number;
  /** Whether the personas API has every row. */
  readonly isPosted: boolean;
}

/** How the day itself went. */
interface Played {
  readonly ending: Ending;
  /** What ended it early; null where nothing did. */
  readonly fault: Fault | null;
  readonly ratings: readonly Rating[];
}

/** What attempts need. */
export interface AttemptDeps {
  readonly api: PersonasApi;
  readonly access: Access;
  /** The way to the gateway. */
  readonly mana: ManaDeps;
  /** Who plays the days: a brain that is asked turn by turn, or an engine that plays by itself. */
  readonly brain: Brain | Engine;
  readonly checks: Checks;
  readonly clock: ManaDeps["clock"];
  readonly hash: InputHash;
  readonly newTickId: () => string;
  /** Determines scripted days, with the persona's name and the number of the tick. */
  readonly seed: number;
  readonly events: DayEvents;
}

/** The longest that an attempt may take. */
export const MAX_TICK_MS = 5 * 60_000;
/** How long nobody else gets the persona: longer than any attempt. */
const LEASE_MS = 10 * 60_000;
const DAY_MS = 24 * 3600_000;

interface Run {
  readonly player: Player;
  readonly tickId: string;
  readonly tick: number;
  readonly rows: TickRows;
  readonly turns: Turn[];
  readonly hard: AbortSignal;
  readonly soft: AbortSignal;
}

async function claim(
  { api, clock }: AttemptDeps,
  { userId }: Player,
  tickId: string,
  { hard }: StopSignals,
): Promise<number | "held" | "lost" | "gone"> {
  try {
    const claim = await api.claim(userId, tickId, LEASE_MS, hard);
    if (claim.kind === "held" || claim.kind === "gone") return claim.kind;
    // A service without claims counts no ticks: days are as good, so that a scripted day is another one tomorrow.
    return claim.kind === "claimed" ? claim.tick : Math.floor(clock.calendar() / DAY_MS);
  } catch {
    return "lost";
  }
}

async function play(deps: AttemptDeps, run: Run): Promise<Played> {
  const { player: { persona }, soft } = run;
  const entrance = await until(soft, deps.access.open(persona, soft));
  try {
    // Without a connection nobody is asked to think: a model would be paid for a day that it makes up.
    await using mana = await connectMana(
      deps.mana,
      { token: entrance.token, timeZone: persona.timeZone, page: entrance.page },
      soft,
    );
    const tools = await mana.tools(Object.keys(persona.moduleMix), soft);
    const modules = new Set(tools.map(({ module }) => module));
    for (const module of Object.keys(persona.moduleMix)) if (!modules.has(module)) run.rows.addAbsent(module);
    const day: Day = {
      persona,
      tick: run.tick,
      seed: deps.seed,
      today: today(deps.clock.calendar(), persona.timeZone),
      tools,
      sharedSpaces: await until(soft, entrance.spaces()),
    };
    if ("play" in deps.brain) {
      const engine = { engine: deps.brain, day, token: entrance.token, events: deps.events };
      const { ending, ratings } = await playByEngine({ ...engine, ...run });
      return { ending, fault: null, ratings: fitting(ratings) };
    }
    const [mind, checks] = [deps.brain.begin(day), deps.checks.begin(day)];
    const ending = await playDay({ ...deps, ...run, mind, checks, mana, tools });
    if (ending === "gateway") return { ending, fault: GONE, ratings: [] };
    return { ending, fault: null, ratings: fitting(await rate(mind, run)) };
  } finally {
    await entrance.close();
  }
}

/** A mind that cannot rate leaves no rating; the day was whole all the same. */
async function rate(mind: Mind, { turns, soft }: Run): Promise<readonly Rating[]> {
  if (turns.length === 0) return [];
  try {
    return await until(soft, mind.rate(turns, soft));
  } catch (error) {
    if (error instanceof BrainFault) return [];
    throw error;
  }
}

const GONE: Fault = {
  ending: "gateway",
  away: "gateway",
  waitMs: null,
  words: "the gateway answers no more",
};

function today(now: number, timeZone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone).toPlainDate().toString();
}

/** Posts the rows of a tick; what cannot be posted now goes along with the next post. */
function poster({ api }: AttemptDeps, { userId }: Player) {
  return async (rows: Parameters<PersonasApi["postActions"]>[1]): Promise<boolean> => {
    try {
      // No signal ends a post: what was done has to be known, and a post has a limit of its own.
      await api.postActions(userId, rows, AbortSignal.any([]));
      return true;
    } catch {
      return false;
    }
  };
}

/** Returns what is stored. */
async function postRatings(
  { api }: AttemptDeps,
  { player, tickId }: Run,
  ratings: readonly Rating[],
): Promise<readonly Rating[]> {
  if (ratings.length === 0) return [];
  try {
    await api.postFeedback(
      player.userId,
      ratings.map((rating) => ({ tickId, ...rating })),
      AbortSignal.any([]),
    );
    return ratings;
  } catch {
    return [];
  }
}
