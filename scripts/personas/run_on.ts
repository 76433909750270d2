// `deno task personas`: the people of the catalogue at work on the folder that the task works in, until Ctrl-C.
import { readCatalogue } from "../../runner/catalogue/read_catalogue.ts";
import { print } from "../print.ts";
import { choosePorts } from "./near_port.ts";
import { type PersonasStack, startPersonasStack, USUAL_PORTS } from "./personas_stack.ts";
import { createRunnerDoor } from "./runner_door.ts";
import { findRunning, writeRunning } from "./running_file.ts";
import type { StopSignals } from "../stack/stop_signals.ts";
import { readTickLine, tellTick } from "./tick_lines.ts";

/** Runs until a signal comes or one of the processes ends; resolves with the exit code. */
export async function runOn({ data, env, ports, command, signals }: RunOnOptions): Promise<number> {
  const other = await findRunning();
  if (other !== null) {
    print(`These people are at work already: ${other.reportUrl}/`);
    return 1;
  }
  print("Starting the embedded backend, the gateway and the runner …");
  const stack = await startPersonasStack({
    data,
    env: { ...env, ...choosePorts(USUAL_PORTS, ports) },
    onLine: tell,
    ownGroupUntil: signals.atOnce,
  });
  let forget = () => Promise.resolve();
  const work = async () => {
    if (signals.isAsked()) return;
    const names = await seed(stack, signals);
    if (signals.isAsked()) return;
    const { url } = await stack.startRunner({});
    if (signals.isAsked()) return;
    const { authUrl, issuer, mcpUrl } = stack;
    forget = await writeRunning({ authUrl, issuer, mcpUrl, reportUrl: url });
    print(`
${names.length} people who do not exist are at work.

  report       ${url}/
  gateway      ${mcpUrl}
  sign-in      ${issuer}/sign-in
  data         ${await Deno.realPath(data)}

To see what one of them sees: ${command} open anna
Ctrl-C stops it.
`);
    await beginAtOnce(stack, url, names);
    await Promise.race([signals.asked, stack.ended()]);
  };
  try {
    await work();
  } finally {
    // Whatever went wrong above: no process outlives the task.
    await forget();
    await stack.stop();
  }
  return await stack.stop();
}

/** What it runs on. */
export interface RunOnOptions {
  readonly data: string;
  /** Settings of the runner. */
  readonly env: Readonly<Record<string, string>>;
  /** Ports that somebody has asked for, by variable; the others are the usual ones or near them. */
  readonly ports: Readonly<Record<string, string>>;
  /** How this task is called here, for commands that are shown. */
  readonly command: string;
  readonly signals: StopSignals;
}

async function seed({ operator }: PersonasStack, signals: StopSignals): Promise<readonly string[]> {
  const catalogue = readCatalogue();
  print(`Making ${catalogue.length} people, or mending them …`);
  for (const persona of catalogue) {
    if (!signals.isAsked()) await operator.make(persona);
  }
  return catalogue.map(({ name }) => name);
}

/** Whoever has never worked does so now, whatever day it is; the runner itself begins with those who are due. */
async function beginAtOnce({ key }: PersonasStack, url: string, names: readonly string[]): Promise<void> {
  const door = createRunnerDoor(url, key);
  const { people } = await door.report();
  const fresh = names.filter((name) => people.some((one) => one.name === name && one.last === null));
  if (fresh.length > 0) await door.play(fresh);
}

/** Days as they end, and what a process has to complain about. */
function tell(source: string, line: string): void {
  const tick = source === "runner" ? readTickLine(line) : null;
  if (tick !== null) print(tellTick(tick));
  else if (!/^\{"/.test(line) || /"level":"(warn|error)"|"problem/.test(line)) print(`${source}: ${line}`);
}
