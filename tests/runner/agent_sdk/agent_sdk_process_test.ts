// `deno task personas:agent-sdk` as somebody at a terminal starts it: the whole process, with its rights, beside a stack of its own.
import assert from "node:assert/strict";
import { z } from "zod";
import { readPersonaSecrets } from "../../../backend/data_folder/ensure_persona_secrets.ts";
import { createRunnerDoor } from "../../../scripts/personas/runner_door.ts";
import { startPersonasStack } from "../../../scripts/personas/personas_stack.ts";
import { CACHE_VARIABLES } from "../../../scripts/stack/deno_process.ts";
import { temporaryFolder } from "../../_support/temporary_folder.ts";
import { personaOf } from "../_support/runner_world.ts";
import { ANTHROPIC } from "../../real_clients/models/anthropic_api.ts";
import { type PlayedCall, playModel } from "../../real_clients/models/played_model.ts";
import { whereInstalled } from "./_play_day.ts";

const FREE_PORTS = { PORT: "0", BACKEND_PORT: "0", BACKEND_SYNC_PORT: "0" };
const Line = z.looseObject({ event: z.string(), url: z.string().optional(), ending: z.string().optional() });

Deno.test(
  "the task plays a persona's day by the Agent SDK, and stops when it is told to",
  await whereInstalled(),
  async () => {
    await using folder = await temporaryFolder();
    const stack = await startPersonasStack({ data: folder.path, env: FREE_PORTS, onLine() {} });
    const answers: PlayedCall[][] = [
      [{ name: "mcp__mana__todo_create", args: { title: "Milk" } }],
      [],
      [{
        name: "mcp__runner__rate_modules",
        args: { ratings: [{ module: "todo", rating: 4, notes: "Quick." }] },
      }],
    ];
    await using model = playModel(ANTHROPIC, () => answers.shift() ?? []);
    try {
      await stack.operator.make(personaOf("anna"));
      const task = startTask({
        PERSONAS_PORT: "0",
        MANA_AUTH_URL: stack.issuer,
        MANA_MCP_URL: stack.mcpUrl,
        MANA_PERSONAS_KEY: stack.key,
        PERSONA_SEED_SECRET: (await readPersonaSecrets(folder.path))?.seedSecret ?? assert.fail("no secrets"),
        PERSONA_TICK_INTERVAL_MS: "86400000",
        ANTHROPIC_API_KEY: "sk-ant-stand-in",
        ANTHROPIC_BASE_URL: model.url,
      });
      const { url, brain } = await task.listening();
      assert.equal(brain, "agent-sdk");
      // It asks who is due by itself at its start, and may have found her.
      const door = createRunnerDoor(new URL(url ?? "").origin, stack.key);
      await door.play(["anna"]);
      assert.equal((await task.tick()).ending, "done");
      const [anna] = (await door.report()).people;
      assert.deepEqual([anna?.last?.ok, anna?.last?.refused, anna?.ratings], [1, 0, [{
        module: "todo",
        rating: 4,
      }]]);
      assert.equal(await task.stop(), 0);
    } finally {
      await stack.stop();
    }
  },
);

/** Starts the task, whose lines can be waited for. */
function startTask(env: Readonly<Record<string, string>>) {
  const kept = CACHE_VARIABLES.flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  const child = new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "personas:agent-sdk"],
    env: { ...Object.fromEntries(kept), ...env, NO_COLOR: "1" },
    clearEnv: true,
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const [out, log] = [linesOf(child.stdout), linesOf(child.stderr)];
  return {
    listening: () => eventOf(out, "listening"),
    tick: () => eventOf(log, "tick"),
    async stop() {
      child.kill("SIGTERM");
      await Promise.all([out, log].map((lines) => Array.fromAsync(lines)));
      return (await child.status).code;
    },
  };
}

async function eventOf(lines: AsyncGenerator<string>, name: string) {
  for (;;) {
    const { value, done } = await lines.next();
    if (done === true) throw new Error(`the task ended before ${name}`);
    const line = Line.parse(JSON.parse(value));
    if (line.event === name) return line;
  }
}

async function* linesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string, void> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}
