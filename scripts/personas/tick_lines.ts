// The runner's log, as the task understands it: which attempts have ended. Everything else of the log is for operators.
import { z } from "zod";
import { counted } from "../../lib/kit/counted.ts";

/** Reads a line of the runner's log; null: the line is about something else. */
export function readTickLine(line: string): TickLine | null {
  let fields: unknown;
  try {
    fields = JSON.parse(line);
  } catch {
    return null;
  }
  const parsed = Line.safeParse(fields);
  return parsed.success ? parsed.data : null;
}

/** Says it to somebody at a terminal. */
export function tellTick(line: TickLine): string {
  const name = line.persona.padEnd(8);
  if (line.event === "tick-not-begun") return `${name}  did not begin: ${line.reason}`;
  const { ending, calls, ms, problem } = line;
  const how = ending === "done" ? "a day" : `a day that ended early (${ending})`;
  return `${name}  ${how}: ${counted(calls, "call")}, ${(ms / 1000).toFixed(1)} s${
    problem === undefined ? "" : `; ${problem}`
  }`;
}

const Line = z.discriminatedUnion("event", [
  z.object({
    event: z.literal("tick"),
    persona: z.string(),
    ending: z.string(),
    calls: z.number(),
    ms: z.number(),
    problem: z.string().optional(),
  }),
  z.object({ event: z.literal("tick-not-begun"), persona: z.string(), reason: z.string() }),
]);

/** An attempt that has ended, or did not begin. */
export type TickLine = z.infer<typeof Line>;
