// What the personas API tells of the last days of everybody: `GET /api/v1/personas/internal/report` (docs/contracts/personas.md). Names
// of tools, reason codes, milliseconds and ratings; never what somebody wrote.
import { z } from "zod";

const count = z.int().nonnegative();
const instant = z.iso.datetime();

/** One row of one tick: a call, or a row of the runner's own (rows.ts). */
const TickRow = z.object({
  toolName: z.string(),
  result: z.enum(["ok", "error"]),
  /** The gateway's reason code or a few words; never content. */
  errorMessage: z.string().nullable(),
  latencyMs: count.nullable(),
});

/** What one persona thought of one module after one tick. */
const TickRating = z.object({
  module: z.string(),
  rating: z.int().min(1).max(5),
  notes: z.string().nullable(),
});

/** One attempt of one persona. */
const Tick = z.object({
  tickId: z.string(),
  startedAt: instant,
  endedAt: instant.nullable(),
  /** `done`, `turns`, `deadline`, `sign-in`, `gateway`, `model`, `interrupted`, or `running` while its claim holds. */
  ending: z.string(),
  /** In the order of the calls. */
  actions: z.array(TickRow),
  feedback: z.array(TickRating),
});

const ReportedPersona = z.object({
  email: z.string(),
  archetype: z.string(),
  moduleMix: z.record(z.string(), z.number()),
  tickCadence: z.string(),
  /** How many ticks there were in all. */
  ticksEver: count,
  /** The last seven, newest first. */
  ticks: z.array(Tick),
});

/** The whole answer. */
export const Report = z.object({
  serverTime: instant,
  personas: z.array(ReportedPersona),
  /** Average ratings of each module over all personas, by day, oldest day first. */
  modules: z.array(z.object({
    module: z.string(),
    days: z.array(z.object({
      /** In UTC. */
      day: z.iso.date(),
      avgRating: z.number().min(1).max(5),
      ratings: count,
    })),
  })),
});

/** What is told of the last days of everybody. */
export type Report = z.infer<typeof Report>;

/** What is told of one persona. */
export type ReportedPersona = z.infer<typeof ReportedPersona>;

/** What is told of one attempt. */
export type ReportedTick = z.infer<typeof Tick>;
