// undo.preview and undo.apply: an app takes back what it wrote itself within the last hour. For anything else the person is asked.
import { z } from "zod";
import { isJsonObject } from "../../kit/json.ts";
import { OWN_UNDO_MS } from "../../kit/limits.ts";
import { defineTool, type Tool } from "../define_tool.ts";
import { refuseInput } from "../refuse_input.ts";

/** Creates both. */
export function createUndoTools(): readonly Tool[] {
  return [preview(), apply()];
}

function preview(): Tool {
  return defineTool({
    name: "undo.preview",
    title: "See what an undo would do",
    access: "read",
    scope: "general",
    isForWriters: "ifRoom",
    description: "What {undo.apply} would put back: this app's own changes since a time, or another app's.",
    input: z.object(SELECTION),
    output: z.looseObject({ plan: z.string(), rowCount: z.number() }),
    run: async (input, { undos }) => ({ ...await undos.preview(questionOf(input)) }),
  });
}

function apply(): Tool {
  return defineTool({
    name: "undo.apply",
    title: "Undo changes of an app",
    access: "write",
    scope: "general",
    isForWriters: "ifRoom",
    idempotent: true,
    asksFor: isForPerson,
    description:
      "Do what {undo.preview} has shown, with its `plan` and the same arguments. The person is asked " +
      "about another app's changes, and about older ones than an hour.",
    input: z.object({ plan: z.string().max(64), ...SELECTION }),
    output: z.looseObject({ status: z.enum(["done", "unknown"]), written: z.number() }),
    run: async ({ plan, ...input }, { undos }) => ({ ...await undos.apply(plan, questionOf(input)) }),
  });
}

const SELECTION = {
  since: z.string().max(40).describe("ISO 8601"),
  until: z.string().max(40).optional(),
  tool: z.string().max(64).optional(),
  client: z.string().max(64).optional().describe("another app, by name"),
};

type Selected = z.output<z.ZodObject<typeof SELECTION>>;

/** Which changes an app asks about. */
export interface AppUndoQuestion {
  /** Milliseconds since 1970. */
  readonly since: number;
  /** Null for now. */
  readonly until: number | null;
  /** As the app wrote it; null for all. */
  readonly tool: string | null;
  /** Null for the app itself. */
  readonly client: string | null;
}

/** Undos as an app can have them: of changes in the space of the call, by tools whose modules the app may read and change. */
export interface AppUndos {
  /** Throws as `Undos.preview`. */
  preview(question: AppUndoQuestion): Promise<{ readonly plan: string; readonly rowCount: number }>;
  /** Throws as `Undos.apply`. */
  apply(
    plan: string,
    question: AppUndoQuestion,
  ): Promise<{ readonly status: "done" | "unknown"; readonly written: number }>;
}

function questionOf({ since, until, tool, client }: Selected): AppUndoQuestion {
  return {
    since: timeOf("since", since),
    until: until === undefined ? null : timeOf("until", until),
    tool: tool ?? null,
    client: client ?? null,
  };
}

function timeOf(name: string, text: string): number {
  return parseTime(text) ?? refuseInput(`${name}: a time such as 2026-03-01T12:00:00Z`);
}

/** Milliseconds since 1970; null for what is no time, such as one on the 30th of February. */
function parseTime(text: string): number | null {
  try {
    return Temporal.Instant.from(text).epochMilliseconds;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Whether the person is asked: about whatever is not plainly the app's own and of the last hour. */
function isForPerson(args: unknown, now: number): boolean {
  if (!isJsonObject(args) || typeof args.since !== "string") return true;
  const isOwn = args.client === undefined || args.client === null;
  const since = parseTime(args.since);
  return !isOwn || since === null || since < now - OWN_UNDO_MS;
}
