// Plays one day with the real Agent SDK, under its own packages and rights, and prints what came of it. It looks at the command lines and the
// environments of all processes while the day goes on and after it: the test cannot, since the child is this process's.
import { z } from "zod";
import { BrainFault, type Turn } from "../../../../runner/brain/brain.ts";
import { createAgentSdkEngine } from "../../../../runner/agent_sdk/engine.ts";

const Input = z.object({
  program: z.string(),
  manaUrl: z.string(),
  token: z.string(),
  modelUrl: z.string(),
  homes: z.string(),
  maxTurns: z.number(),
  budgetTokens: z.number(),
  /** Ends the day when it has had so many turns. */
  stopAfter: z.number().nullable(),
  day: z.looseObject({}),
});

const input = Input.parse(JSON.parse(await new Response(Deno.stdin.readable).text()));
const tokens: Record<string, number> = {};
let brokenRatings = 0;
const engine = createAgentSdkEngine({
  ...input,
  baseUrl: input.modelUrl,
  apiKey: "sk-ant-stand-in",
  model: "claude-haiku-4-5",
  now: Date.now,
  elapsed: () => performance.now(),
  counts: {
    countTokens: (kind, count) => void (tokens[kind] = (tokens[kind] ?? 0) + count),
    countBrokenRating: () => void brokenRatings++,
  },
});

const stop = new AbortController();
const reason = new Error("the runner stops");
const turns: Turn[] = [];
let commandLines = "";
let end: unknown;
try {
  const tool = { description: "", inputSchema: {}, outputSchema: null, isReadOnly: false };
  const { persona, names } = z.object({ persona: z.any(), names: z.array(z.string()) }).parse(input.day);
  const tools = names.map((name) => ({ ...tool, name, module: name.replace(/_.*/, "") }));
  const day = { persona, tick: 0, seed: 1, today: "2026-11-28", tools, sharedSpaces: [] };
  const played = engine.play(day, () => Promise.resolve(input.token), stop.signal);
  for (let step = await played.next();; step = await played.next()) {
    if (step.done === true) {
      end = step.value;
      break;
    }
    turns.push(step.value);
    if (turns.length === 1) commandLines = await readOfProcesses("cmdline");
    if (turns.length === input.stopAfter) stop.abort(reason);
  }
} catch (error) {
  end = error === reason
    ? "stopped"
    : error instanceof BrainFault
    ? { fault: error.kind, words: error.message }
    : `another error: ${error}`;
}
const left = [...Deno.readDirSync(input.homes)].map(({ name }) => name);
const isChildGone = !(await readOfProcesses("environ")).includes(`HOME=${input.homes}/`);
const output = { turns, end, tokens, brokenRatings, left, isChildGone, commandLines };
await Deno.stdout.write(new TextEncoder().encode(JSON.stringify(output)));

async function readOfProcesses(what: "cmdline" | "environ"): Promise<string> {
  const { stdout } = await new Deno.Command("/bin/sh", {
    args: ["-c", `cat /proc/[0-9]*/${what} 2>/dev/null`],
    clearEnv: true,
    env: { PATH: "/usr/bin:/bin" },
  }).output();
  return new TextDecoder().decode(stdout);
}
