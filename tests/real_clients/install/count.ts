/**
 * The end of `deno task test:clients`: says which clients were driven and which were not, and why, and fails where fewer than
 * six independent clients are left, or a client that `--need=a,b` names. Skipped tests are green; this is where they count.
 */
import { print } from "../../../scripts/print.ts";
import { readDriven } from "./driven.ts";
import { type Client, CLIENTS, whyMissing } from "./installed.ts";

/** Fewer say little of the clients that people have. */
export const FEWEST = 6;

/** How a run came out for one client. */
export interface Outcome extends Pick<Client, "title" | "handedBy"> {
  readonly name: string;
  /** Calls that were made; undefined when it was not driven. */
  readonly calls: number | undefined;
  /** Why it is not installed. */
  readonly missing: string | null;
}

/** What is wrong with a run; empty when nothing is. Two clients whose results the same code hands on are one. */
export function faultsOf(outcomes: readonly Outcome[], needed: readonly string[]): string[] {
  const driven = outcomes.filter(({ calls }) => calls !== undefined);
  const independent = new Set(driven.map(({ handedBy }) => handedBy)).size;
  return [
    ...outcomes.filter(({ calls, missing }) => calls === undefined && missing === null)
      .map(({ title }) => `${title} is installed, but was not driven.`),
    ...needed.filter((name) => !driven.some((one) => one.name === name))
      .map((name) =>
        `${outcomes.find((one) => one.name === name)?.title ?? name} is needed and was not driven.`
      ),
    ...(independent < FEWEST
      ? [`${independent} independent clients were driven; fewer than ${FEWEST} say too little.`]
      : []),
  ];
}

if (import.meta.main) {
  const driven = await readDriven();
  const outcomes = await Promise.all(
    Object.entries(CLIENTS).map(async ([name, client]): Promise<Outcome> => ({
      name,
      title: client.title,
      handedBy: client.handedBy,
      calls: driven.get(name),
      missing: await whyMissing(client),
    })),
  );
  for (const { title, calls, missing } of outcomes) {
    if (calls === undefined && missing === null) print(`not driven: ${title}`);
    else if (calls === undefined) print(`skipped: ${title}: ${missing}`);
    else print(`driven: ${title}, ${calls} calls`);
  }
  const needed = Deno.args.flatMap((arg) => /^--need=(.*)$/.exec(arg)?.[1]?.split(",") ?? []);
  const faults = faultsOf(outcomes, needed);
  for (const fault of faults) print(fault);
  if (faults.length > 0) Deno.exit(1);
}
