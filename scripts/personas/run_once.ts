// `deno task personas --once`: everybody works on a folder that is thrown away, the table says how it went, and the exit code whether
// all is well. The time is printed and fails only far beyond what is usual: how fast a computer is says nothing of the product.
import { counted } from "../../lib/kit/counted.ts";
import { readCatalogue } from "../../runner/catalogue/read_catalogue.ts";
import { print } from "../print.ts";
import { addDays, countGood, type Days, tableOf } from "./days.ts";
import type { OnceTask } from "./personas_arguments.ts";
import { startPersonasStack } from "./personas_stack.ts";
import { createRunnerDoor } from "./runner_door.ts";
import type { StopSignals } from "../stack/stop_signals.ts";
import { readTickLine, tellTick } from "./tick_lines.ts";

/** Runs it below the folder `parent`; resolves with the exit code. */
export async function runOnce(
  { seed, names, ticks }: OnceTask,
  { parent, env, signals }: OnceOptions,
): Promise<number> {
  const begun = performance.now();
  await Deno.mkdir(parent, { recursive: true });
  const data = await Deno.makeTempDir({ dir: parent });
  try {
    const days = await play({ seed, names, ticks, data, env, signals });
    if (signals.isAsked()) return STOPPED;
    const seconds = (performance.now() - begun) / 1000;
    const { good, bad } = countGood(days);
    const calls = days.reduce((sum, { ok, refused }) => sum + ok + refused, 0);
    print("");
    for (const line of tableOf(days)) print(line);
    print(
      `\n${counted(calls, "call")}, those of the checks among them, in ${
        seconds.toFixed(1)
      } s. A day passes when it came to its end and every check of it held:`,
    );
    print(`${good} passed, ${bad} failed`);
    if (seconds > MAX_SECONDS) print(`It took more than ${MAX_SECONDS} s, which no computer should need.`);
    return bad > 0 || seconds > MAX_SECONDS ? 1 : 0;
  } finally {
    await Deno.remove(data, { recursive: true });
  }
}

/** Where it runs. */
export interface OnceOptions {
  /** Folder for throw-away folders; made where it is not there. */
  readonly parent: string;
  /** Settings of the runner. Ports are free ones. */
  readonly env: Readonly<Record<string, string>>;
  readonly signals: StopSignals;
}

/** As a shell has it of a command that Ctrl-C ended. */
const STOPPED = 130;
const MAX_SECONDS = 120;
/** A day: the runner asks by itself once at its start, when nobody is there yet, and not again. */
const NEVER_MS = "86400000";
/** The longest that one day of everybody may take; a day itself has a limit of 5 minutes. */
const MAX_DAY_MS = 6 * 60_000;

interface Play extends Omit<OnceTask, "kind"> {
  readonly data: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signals: StopSignals;
}

async function play({ seed, names, ticks, data, env, signals }: Play): Promise<readonly Days[]> {
  print("Starting the embedded backend, the gateway and the runner …");
  const waiting = new Map<string, () => void>();
  const stack = await startPersonasStack({
    data,
    env: { ...env, PORT: "0", BACKEND_PORT: "0", BACKEND_SYNC_PORT: "0", PERSONAS_PORT: "0" },
    onLine(source, line) {
      const tick = source === "runner" ? readTickLine(line) : null;
      if (tick === null) return;
      print(tellTick(tick));
      waiting.get(tick.persona)?.();
    },
    ownGroupUntil: signals.atOnce,
  });
  try {
    if (signals.isAsked()) return [];
    const { url } = await stack.startRunner({
      PERSONA_SEED: String(seed),
      PERSONA_TICK_INTERVAL_MS: NEVER_MS,
    });
    const door = createRunnerDoor(url, stack.key);
    // Everybody, though one alone may work: shared spaces need their other members.
    for (const persona of readCatalogue()) {
      if (!signals.isAsked()) await stack.operator.make(persona);
    }
    let days: readonly Days[] = [];
    for (let tick = 0; tick < ticks && !signals.isAsked(); tick += 1) {
      const all = Promise.all(
        names.map((name) => new Promise<void>((ended) => void waiting.set(name, ended))),
      );
      await door.play(names);
      await within(Promise.race([all, stack.ended(), signals.asked]));
      if (signals.isAsked()) break;
      days = addDays(days, await door.report(), names);
    }
    return days;
  } finally {
    await stack.stop();
  }
}

async function within(work: Promise<unknown>): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, MAX_DAY_MS);
  try {
    await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
