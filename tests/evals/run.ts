// `deno task evals`: the wishes, said to a real model. The key comes from the environment and goes into one header. Ends with 0 where each
// wish was a hit, with 1 where not, and with 2 where there is no key, an argument makes no sense, or the model's host refuses.
import { print } from "../../scripts/print.ts";
import { readEvalsArguments } from "./model/evals_arguments.ts";
import { runEvals, toRecord } from "./model/run_evals.ts";
import { CHOICES, WISHES } from "./requests.ts";

const RECORDED = "tests/evals/recorded.json";
const NO_KEY =
  "deno task evals asks a model of Anthropic, which costs money: set ANTHROPIC_API_KEY to a key of https://platform.claude.com " +
  "and run it again. CI needs none: it checks the choices that are recorded in tests/evals/recorded.json.";

async function main(): Promise<number> {
  const asked = readEvalsArguments(Deno.args);
  const apiKey = Deno.env.get("ANTHROPIC_API_KEY") ?? "";
  if ("problem" in asked) return await refuse(asked.problem);
  if (asked.record && !mayWrite()) {
    return await refuse("Recording is deno task evals:record, which may write the file.");
  }
  if (apiKey.trim() === "") return await refuse(NO_KEY);
  const { model, record, tokens } = asked;
  const outcome = await runEvals(
    { apiKey, model, tokens, wishes: WISHES, fetch, now: Date.now, wait, print },
    new AbortController().signal,
  );
  if (record && outcome.chosen !== null) {
    const recorded = toRecord(model, new Date().toISOString().slice(0, 10), outcome.chosen, CHOICES);
    await Deno.writeTextFile(RECORDED, `${JSON.stringify(recorded, null, 2)}\n`);
    print("tests/evals/recorded.json is written. Run the tests of tests/evals/ before you commit it.");
  }
  return outcome.exitCode;
}

async function refuse(problem: string): Promise<number> {
  await Deno.stderr.write(new TextEncoder().encode(`${problem}\n`));
  return 2;
}

/** Asked before the run, which costs money. */
function mayWrite(): boolean {
  return Deno.permissions.querySync({ name: "write", path: RECORDED }).state === "granted";
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms));
}

if (import.meta.main) Deno.exitCode = await main();
