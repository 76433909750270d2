// The command line of `deno task bench:against`.
import { WORKLOADS } from "./workloads.ts";

/** How to call it, for whoever called it otherwise. */
export const AGAINST_USAGE =
  `deno task bench:against --old=<folder of another checkout> [--rounds=9] [--seconds=2] [--connections=32] [--only=<workload>]
  workloads: ${WORKLOADS.map(({ name }) => name).join(", ")}`;

/** What the command line asks for. */
export interface AgainstOptions {
  readonly old: string;
  readonly rounds: number;
  readonly seconds: number;
  readonly connections: number;
  /** The name of one workload; null for all. */
  readonly only: string | null;
}

/** Reads the command line; null for one that is not as {@link AGAINST_USAGE} says. */
export function parseAgainstOptions(args: readonly string[]): AgainstOptions | null {
  if (args.some((arg) => !/^--(?:old=.+|(?:rounds|seconds|connections)=[1-9]\d*|only=.+)$/.test(arg))) {
    return null;
  }
  const value = (name: string) =>
    args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3) ?? null;
  const old = value("old");
  const only = value("only");
  if (old === null || (only !== null && !WORKLOADS.some(({ name }) => name === only))) return null;
  return {
    old,
    rounds: Number(value("rounds") ?? 9),
    seconds: Number(value("seconds") ?? 2),
    connections: Number(value("connections") ?? 32),
    only,
  };
}
