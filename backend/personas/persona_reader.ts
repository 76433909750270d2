// What personas did and think, for administrators and the report. Reads only; nothing here is content: names of tools, reasons, milliseconds
// and ratings.
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { isoTime } from "./persona_answer.ts";
import { HELD_MS_MAX } from "./persona_limits.ts";

/** Reads rows of ticks. */
export interface PersonaReader {
  /** Actions of the last seven days. */
  countActions(personaId: string): number;
  /** Newest first. */
  recentActions(personaId: string, most: number): ActionRow[];
  averages(
    personaId: string,
  ): { readonly module: string; readonly avgRating: number; readonly ratings: number }[];
  /** Newest first, each with all it has. */
  recentTicks(personaId: string, most: number): TickReport[];
  /** Every module that somebody rated, with its average of each day on which it was rated, oldest first. */
  modules(): ModuleReport[];
}

/** Creates the reader. */
export function createPersonaReader(db: DatabaseSync, now: () => number): PersonaReader {
  const count = db.prepare(
    "SELECT count(*) AS count FROM persona_actions WHERE persona_id = ? AND created_at >= ?",
  );
  const actions = db.prepare(
    "SELECT * FROM persona_actions WHERE persona_id = ? ORDER BY created_at DESC, tick_id, place DESC LIMIT ?",
  );
  const averages = db.prepare(
    `SELECT module, avg(rating) AS avgRating, count(*) AS ratings FROM persona_feedback WHERE persona_id = ?
     GROUP BY module ORDER BY module`,
  );
  const ticks = db.prepare("SELECT * FROM persona_ticks WHERE persona_id = ? ORDER BY number DESC LIMIT ?");
  const ofTick = {
    actions: db.prepare("SELECT * FROM persona_actions WHERE tick_id = ? ORDER BY place"),
    feedback: db.prepare(
      "SELECT module, rating, notes FROM persona_feedback WHERE tick_id = ? ORDER BY module",
    ),
  };
  const days = db.prepare(
    `SELECT module, date(created_at / 1000, 'unixepoch') AS day, avg(rating) AS avgRating, count(*) AS ratings
     FROM persona_feedback GROUP BY module, day ORDER BY module, day`,
  );
  return {
    countActions: (personaId) =>
      z.object({ count: z.number() }).parse(count.get(personaId, now() - WEEK_MS)).count,
    recentActions: (personaId, most) => z.array(Action).parse(actions.all(personaId, most)),
    averages: (personaId) => z.array(Average).parse(averages.all(personaId)),
    recentTicks: (personaId, most) =>
      z.array(Tick).parse(ticks.all(personaId, most)).map((tick) => ({
        tickId: tick.tick_id,
        number: tick.number,
        startedAt: isoTime(tick.started_at),
        endedAt: isoTime(tick.ended_at),
        ending: endingOf(tick, now()),
        actions: z.array(Action).parse(ofTick.actions.all(tick.tick_id)),
        feedback: z.array(Rating).parse(ofTick.feedback.all(tick.tick_id)),
      })),
    modules: () =>
      [...Map.groupBy(z.array(Day).parse(days.all()), ({ module }) => module)].map(([module, rated]) => {
        const ratings = rated.reduce((sum, day) => sum + day.ratings, 0);
        const points = rated.reduce((sum, day) => sum + day.avgRating * day.ratings, 0);
        return {
          module,
          avgRating: points / ratings,
          ratings,
          days: rated.map(({ module: _, ...day }) => day),
        };
      }),
  };
}

const WEEK_MS = 7 * 24 * 3600_000;

const Action = z.object({
  tick_id: z.string(),
  place: z.number(),
  tool_name: z.string(),
  input_hash: z.string().nullable(),
  result: z.enum(["ok", "error"]),
  error_message: z.string().nullable(),
  latency_ms: z.number().nullable(),
  created_at: z.number(),
}).transform((row) => ({
  id: `${row.tick_id}-${row.place}-${row.tool_name}`,
  tickId: row.tick_id,
  toolName: row.tool_name,
  inputHash: row.input_hash,
  result: row.result,
  errorMessage: row.error_message,
  latencyMs: row.latency_ms,
  createdAt: isoTime(row.created_at),
}));
/** An action as it is answered. */
export type ActionRow = z.infer<typeof Action>;

const Rating = z.object({ module: z.string(), rating: z.number(), notes: z.string().nullable() });
const Average = z.object({ module: z.string(), avgRating: z.number(), ratings: z.number() });
const Day = Average.extend({ day: z.string() });

const Tick = z.object({
  tick_id: z.string(),
  number: z.number(),
  claimed_until: z.number().nullable(),
  ending: z.string().nullable(),
  started_at: z.number(),
  ended_at: z.number().nullable(),
});

/** A tick that nobody ended is running while its claim holds, and was interrupted afterwards. */
function endingOf({ ending, ended_at, claimed_until }: z.infer<typeof Tick>, now: number): string {
  if (ended_at !== null) return ending ?? "interrupted";
  const isHeld = claimed_until !== null && claimed_until > now && claimed_until <= now + HELD_MS_MAX;
  return isHeld ? "running" : "interrupted";
}

/** A tick as it is answered. */
export interface TickReport {
  readonly tickId: string;
  readonly number: number;
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** One of the endings, or `running`. */
  readonly ending: string;
  readonly actions: readonly ActionRow[];
  readonly feedback: readonly z.infer<typeof Rating>[];
}

/** What is thought of a module. */
export interface ModuleReport {
  readonly module: string;
  readonly avgRating: number;
  readonly ratings: number;
  /** `day` is a date in UTC. */
  readonly days: readonly { readonly day: string; readonly avgRating: number; readonly ratings: number }[];
}
