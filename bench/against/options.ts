// The command line of `deno task bench:against`.

/** How to call it, for whoever called it otherwise. */
export const AGAINST_USAGE =
  "deno task bench:against --old=<folder of another checkout> [--rounds=9] [--seconds=2] [--connections=32] [--only=<workload>]";

/** What the command line asks for. */
export interface AgainstOptions {
  readonly old: string;
  readonly rounds: number;
  readonly roundSeconds: number;
  readonly connections: number;
  /** The name of one workload; null for all. */
  readonly only: string | null;
}

/** Reads the command line; null for one that is not as {@link AGAINST_USAGE} says. */
export function parseAgainstOptions(args: readonly string[]): AgainstOptions | null {
  const known = /^--(?:old=.+|(?:rounds|seconds|connections)=[1-9]\d*|only=.+)$/;
  const value = (name: string) =>
    args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3) ?? null;
  const old = value("old");
  if (old === null || args.some((arg) => !known.test(arg))) return null;
  const number = (name: string, usual: number) => Number(value(name) ?? usual);
  return {
    old,
    rounds: number("rounds", 9),
    roundSeconds: number("seconds", 2),
    connections: number("connections", 32),
    only: value("only"),
  };
}
