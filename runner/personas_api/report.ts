// What the personas API tells of the last days of everybody: `GET /api/v1/personas/internal/report`. Names of tools, counts, ratings
// and reason codes; never what somebody wrote.
import { z } from "zod";

const count = z.int().nonnegative();
const instant = z.iso.datetime();

/** Calls of one tool in one tick. */
const ToolCalls = z.object({
  /** A tool, or a row of the runner's own: `runner.tick`, `runner.check.<name>`, `runner.absent.<module>`. */
  toolName: z.string(),
  ok: count,
  error: count,
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
  /** Null: it runs, or was interrupted, or is of a service that keeps no ticks. */
  endedAt: instant.nullable(),
  /** `done`, `turns`, `deadline`, `sign-in`, `gateway`, `model` or `interrupted`; null while it runs. */
  ending: z.string().nullable(),
  /** Until when nobody else may begin: a tick without an ending whose lease is over was interrupted. Null when it was released. */
  claimedUntil: instant.nullable(),
  tools: z.array(ToolCalls),
  ratings: z.array(TickRating),
});

/** One row of one tick. */
const TickRow = z.object({
  toolName: z.string(),
  result: z.enum(["ok", "error"]),
  /** The gateway's reason code or a few words; never content. */
  errorMessage: z.string().nullable(),
  latencyMs: count.nullable(),
});

const ReportedPersona = z.object({
  userId: z.string(),
  email: z.string(),
  archetype: z.string(),
  moduleMix: z.record(z.string(), z.number()),
  tickCadence: z.string(),
  lastActiveAt: instant.nullable(),
  createdAt: instant,
  /** How many ticks there were in all. */
  tickCount: count,
  /** The last seven, newest first. */
  ticks: z.array(Tick),
  /** The rows of the newest tick, in the order of the calls. */
  calls: z.array(TickRow),
});

/** The whole answer. */
export const Report = z.object({
  serverTime: instant,
  personas: z.array(ReportedPersona),
  /** Average ratings of each module over all personas, by week, oldest week first; at most twelve weeks. */
  modules: z.array(z.object({
    module: z.string(),
    weeks: z.array(z.object({
      /** The Monday that the week begins with, in UTC. */
      week: z.iso.date(),
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

/** What is told of one row of the newest attempt. */
export type ReportedRow = z.infer<typeof TickRow>;
