// Starts program/play_day.ts, where the Agent SDK is installed.
import { z } from "zod";
import { CACHE_VARIABLES } from "../../../scripts/stack/deno_process.ts";
import { print } from "../../../scripts/print.ts";
import { FOLDER, PROGRAM } from "../../../runner/agent_sdk/installed.ts";
import { readCatalogue } from "../../../runner/catalogue/read_catalogue.ts";

/** Whether a test with the real SDK can run; where the SDK is not installed, prints the reason. */
export async function whereInstalled(): Promise<{ readonly ignore: boolean }> {
  try {
    await Deno.stat(PROGRAM);
    return { ignore: false };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    print("skipped: the Claude Agent SDK is not installed (deno task personas:agent-sdk:install)");
    return { ignore: true };
  }
}

/** One day to play. */
export interface PlayedDay {
  readonly manaUrl: string;
  readonly token: string;
  readonly modelUrl: string;
  /** Folder for the days' homes. */
  readonly homes: string;
  readonly maxTurns?: number;
  readonly budgetTokens?: number;
  readonly stopAfter?: number;
}

/** Plays it; throws where the process did not end well. */
export async function playDay(
  { maxTurns = 15, budgetTokens = 1_000_000, stopAfter, ...where }: PlayedDay,
) {
  const [persona] = readCatalogue();
  const hosts = [where.manaUrl, where.modelUrl].map((url) => new URL(url).host).join(",");
  const program = await Deno.realPath(PROGRAM);
  const homes = await Deno.realPath(where.homes);
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      "--cached-only",
      `--config=runner/agent_sdk/packages.json`,
      `--allow-net=${hosts}`,
      "--allow-env=HOME",
      "--ignore-env",
      "--allow-sys=homedir",
      `--allow-read=${homes}`,
      `--allow-write=${homes}`,
      `--allow-run=${program},/bin/sh`,
      "tests/runner/agent_sdk/program/play_day.ts",
    ],
    clearEnv: true,
    env: { ...keptVariables(), DENO_DIR: FOLDER },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  const names = ["todo_create", "todo_list", "todo_complete", "notes_create", "journal_create"];
  const input = {
    ...where,
    homes,
    program,
    maxTurns,
    budgetTokens,
    stopAfter: stopAfter ?? null,
    day: { persona, names },
  };
  await writer.write(new TextEncoder().encode(JSON.stringify(input)));
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  if (code !== 0 || out === undefined) throw new Error(`ended with ${code}: ${err}`);
  return Output.parse(JSON.parse(out));
}

/** Throws where the engine's types do not hold: the product's own check leaves it out. */
export async function checkTypes(): Promise<void> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "check",
      "--quiet",
      "--config=runner/agent_sdk/packages.json",
      "runner/agent_sdk",
      "tests/runner/agent_sdk/program",
    ],
    clearEnv: true,
    env: { ...keptVariables(), DENO_DIR: FOLDER },
  }).output();
  if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
}

const Output = z.object({
  turns: z.array(z.object({
    calls: z.array(z.object({
      wish: z.object({ tool: z.string(), args: z.unknown() }),
      outcome: z.object({ result: z.string(), text: z.string(), latencyMs: z.number() }),
    })),
  })),
  end: z.unknown(),
  tokens: z.record(z.string(), z.number()),
  brokenRatings: z.number(),
  left: z.array(z.string()),
  isChildGone: z.boolean(),
  commandLines: z.string(),
});

function keptVariables(): Record<string, string> {
  return Object.fromEntries(CACHE_VARIABLES.flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value]];
  }));
}
