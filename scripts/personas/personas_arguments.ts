// What `deno task personas` is asked for.
import { parseArgs } from "node:util";
import { EX_USAGE } from "../../process/exit_codes.ts";

/** How the task is called. */
export const USAGE =
  `deno task personas                      everybody at work until Ctrl-C, with a report to look at
deno task personas --once               everybody works once, on a throw-away folder; ends with 0 when all went well
  --seed=N                              with the same one, scripted days are the same; 1 by default
  --persona=NAME                        this one alone
  --ticks=N                             N days of each, 1 to 50; 1 by default
deno task personas seed                 makes the people of the catalogue, or mends them
deno task personas list                 shows who there is
deno task personas clean                deletes every persona with all it wrote
deno task personas open NAME            a token of this persona, and how to sign in as this persona`;

/** Reads the arguments; `names` are the people of the catalogue. */
export function personasArguments(args: readonly string[], names: readonly string[]): PersonasArguments {
  let given: ReturnType<typeof parse>;
  try {
    given = parse(args);
  } catch (error) {
    // Of the words of a strict reader the first sentence names the argument; the others are about the shell.
    const [first] = error instanceof TypeError ? error.message.split(/\. |\n/, 1) : [];
    return no(first === undefined ? "Unknown arguments." : `${first}.`);
  }
  const { values: { once = false, help = false, ...wishes }, positionals: [verb, ...words] } = given;
  if (help) return { ok: true, task: { kind: "help" } };
  const unfit = Object.keys(wishes)[0];
  if (unfit !== undefined && !once) return no(`--${unfit} goes with --once.`);
  if (once) {
    return verb === undefined ? onceArguments(wishes, names) : no(`--once and ${verb} are two tasks.`);
  }
  if (verb === "open") {
    const [name, ...more] = words;
    if (name === undefined || more.length > 0) return no("open takes one name.");
    return names.includes(name) ? { ok: true, task: { kind: "open", name } } : noSuch(name, names);
  }
  if (words.length > 0) return no("Unknown arguments.");
  if (verb === undefined) return { ok: true, task: { kind: "start" } };
  if (verb === "seed" || verb === "list" || verb === "clean") return { ok: true, task: { kind: verb } };
  return no(`Nothing is called ${verb} here.`);
}

/** What was asked for, or what is wrong with it. */
export type PersonasArguments =
  | { readonly ok: true; readonly task: PersonasTask }
  | { readonly ok: false; readonly problem: string };

/** A variant of the task. */
export type PersonasTask =
  | { readonly kind: "start" | "seed" | "list" | "clean" | "help" }
  | { readonly kind: "open"; readonly name: string }
  | OnceTask;

/** Everybody once. */
export interface OnceTask {
  readonly kind: "once";
  readonly seed: number;
  /** Names of those who work. */
  readonly names: readonly string[];
  readonly ticks: number;
}

/** With what the task ends where its arguments make no sense. */
export const BAD_ARGUMENTS = EX_USAGE;

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      help: { type: "boolean", short: "h" },
      once: { type: "boolean" },
      seed: { type: "string" },
      persona: { type: "string" },
      ticks: { type: "string" },
    },
  });
}

function onceArguments(
  { seed = "1", persona, ticks = "1" }: { seed?: string; persona?: string; ticks?: string },
  names: readonly string[],
): PersonasArguments {
  if (!/^\d{1,10}$/.test(seed) || Number(seed) > MAX_SEED) {
    return no(`--seed takes a whole number up to ${MAX_SEED}.`);
  }
  if (!/^\d{1,2}$/.test(ticks) || Number(ticks) < 1 || Number(ticks) > MAX_TICKS) {
    return no(`--ticks takes a whole number from 1 to ${MAX_TICKS}.`);
  }
  if (persona !== undefined && !names.includes(persona)) return noSuch(persona, names);
  return {
    ok: true,
    task: {
      kind: "once",
      seed: Number(seed),
      ticks: Number(ticks),
      names: persona === undefined ? names : [persona],
    },
  };
}

const MAX_SEED = 4_294_967_295;
const MAX_TICKS = 50;

function no(problem: string): PersonasArguments {
  return { ok: false, problem };
}

function noSuch(name: string, names: readonly string[]): PersonasArguments {
  return no(`The catalogue has no ${name}: it has ${names.join(", ")}.`);
}
