// The command line of `deno task bench`.

/** Parts of a run, in their order. */
export const SECTIONS = [
  "start",
  "protocol",
  "records",
  "mixed",
  "history",
  "calendar",
  "grants",
  "ledger",
  "people",
  "workers",
  "nodes",
  "added",
  "activity",
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
  /** Write the tables and the picture of docs/performance.md. */
  readonly docs: boolean;
}

/** How long and how much. */
export interface Pace {
  readonly extent: "full" | "quick";
  /** Rounds that count; one more before them does not. */
  readonly rounds: number;
  /** Whole seconds, as wrk takes them. */
  readonly roundSeconds: number;
  readonly people: readonly number[];
  readonly memorySeconds: number;
}

const FULL: Pace = {
  extent: "full",
  rounds: 7,
  roundSeconds: 2,
  people: [1, 100, 10_000],
  memorySeconds: 600,
};
const QUICK: Pace = { extent: "quick", rounds: 3, roundSeconds: 1, people: [1, 1_000], memorySeconds: 30 };

/** How to call it, for whoever called it otherwise. */
export const USAGE = `deno task bench [--quick] [--only=<part>,…] [--docs] [--strict]
  --quick   a few minutes instead of half an hour: to see that everything runs, not for numbers to quote
  --only    some parts: ${SECTIONS.join(", ")}
  --docs    write the tables and the picture of docs/performance.md
  --strict  end with 1 when a goal is not met`;

/** Reads the command line; null for one that is not as {@link USAGE} says. */
export function parseOptions(args: readonly string[]): Options | null {
  if (args.some((arg) => !/^--(?:quick|docs|strict|only=.+)$/.test(arg))) return null;
  const only = args.find((arg) => arg.startsWith("--only="))?.slice("--only=".length).split(",") ?? null;
  const sections = SECTIONS.filter((section) => only?.includes(section) ?? true);
  if (only !== null && sections.length !== new Set(only).size) return null;
  const has = (flag: string) => args.includes(flag);
  return { sections, pace: has("--quick") ? QUICK : FULL, strict: has("--strict"), docs: has("--docs") };
}
