/** Parts of a run, in their order. */
export const SECTIONS = [
  "start",
  "protocol",
  "records",
  "history",
  "people",
  "added",
  "sessions",
  "heap",
  "memory",
] as const;

/** See {@link SECTIONS}. */
export type Section = typeof SECTIONS[number];

/** What the command line asks for. */
export interface Options {
  readonly sections: readonly Section[];
  readonly pace: Pace;
  /** End with 1 when a goal is not met. */
  readonly strict: boolean;
  /** Write the charts and tables of docs/performance.md. */
  readonly docs: boolean;
  /** Measure nothing, read this result instead. */
  readonly from: string | null;
}

/** How long and how much. */
export interface Pace {
  readonly extent: "full" | "quick";
  /** Rounds that count; one more before them does not. */
  readonly rounds: number;
  readonly roundMs: number;
  readonly connections: readonly number[];
  /** Changes in the logs that lists are compared over. */
  readonly histories: readonly number[];
  readonly people: readonly number[];
  /** People whose data is written to. */
  readonly writers: number;
  readonly sessions: number;
  readonly memoryMs: number;
  readonly starts: number;
}

const FULL: Pace = {
  extent: "full",
  rounds: 7,
  roundMs: 1_500,
  connections: [1, 32, 256],
  histories: [1_000, 10_000, 100_000],
  people: [1, 100, 10_000],
  writers: 1_024,
  sessions: 10_000,
  memoryMs: 10 * 60_000,
  starts: 9,
};
const QUICK: Pace = {
  extent: "quick",
  rounds: 3,
  roundMs: 400,
  connections: [32],
  histories: [1_000, 100_000],
  people: [1, 1_000],
  writers: 256,
  sessions: 2_000,
  memoryMs: 20_000,
  starts: 3,
};

/** How to call it, for who called it otherwise. */
export const USAGE = `deno task bench [--quick] [--only=<part>,…] [--docs] [--strict] [--from=<result.json>]
  --quick   a few minutes instead of most of an hour: to see that everything runs, not for numbers to quote
  --only    some parts: ${SECTIONS.join(", ")}
  --docs    write the tables and charts of docs/performance.md, as a full run does anyway
  --strict  end with 1 when a goal is not met
  --from    measure nothing: judge and draw the numbers of an earlier run`;

/** Reads the command line; null for one that is not as {@link USAGE} says. */
export function parseOptions(args: readonly string[]): Options | null {
  const known = /^--(?:quick|docs|strict|only=.+|from=.+)$/;
  if (args.some((arg) => !known.test(arg))) return null;
  const value = (name: string) =>
    args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3) ?? null;
  const only = value("only")?.split(",") ?? null;
  const sections = SECTIONS.filter((section) => only?.includes(section) ?? true);
  if (only !== null && sections.length !== new Set(only).size) return null;
  const pace = args.includes("--quick") ? QUICK : FULL;
  return {
    sections,
    pace,
    strict: args.includes("--strict"),
    docs: args.includes("--docs") || (only === null && pace.extent === "full"),
    from: value("from"),
  };
}
