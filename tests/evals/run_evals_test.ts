/** `deno task evals` against a stand-in of the Messages API in this process: what is sent, what counts, what it costs, what stops it. */
import assert from "node:assert/strict";
import { z } from "zod";
import { runTask } from "../_support/run_task.ts";
import { readEvalsArguments } from "./model/evals_arguments.ts";
import { type EvalsDeps, runEvals, toRecord } from "./model/run_evals.ts";
import { CHOICES, WISHES } from "./requests.ts";

const Asked = z.looseObject({
  model: z.string(),
  system: z.array(z.looseObject({ text: z.string() })),
  tools: z.array(
    z.strictObject({ name: z.string(), description: z.string(), input_schema: z.looseObject({}) }),
  ),
  messages: z.array(z.looseObject({
    content: z.array(z.looseObject({ content: z.string().optional(), is_error: z.boolean().optional() })),
  })),
});
type Asked = z.infer<typeof Asked>;

const KEY = "sk-ant-a-key-of-the-tests";
const [MILK = assert.fail()] = WISHES;
const SPACES = WISHES.find(({ needs }) => needs === "spaces.list") ?? assert.fail();

/** Runs these wishes against a host that answers so. */
async function run(answer: (asked: Asked) => Response, more: Partial<EvalsDeps> = {}) {
  const lines: string[] = [];
  const requests: { url: string; headers: Headers; asked: Asked }[] = [];
  const waited: number[] = [];
  const outcome = await runEvals({
    apiKey: KEY,
    model: "claude-test",
    tokens: 1_000_000,
    wishes: [MILK, SPACES],
    now: () => 0,
    wait: (ms) => Promise.resolve(void waited.push(ms)),
    print: (line) => void lines.push(line),
    async fetch(input, init) {
      const request = new Request(input, init);
      const asked = Asked.parse(await request.json());
      requests.push({ url: request.url, headers: request.headers, asked });
      return answer(asked);
    },
    ...more,
  }, new AbortController().signal);
  const said = lines.join("\n");
  assert.ok(!said.includes(KEY), "the key is never printed");
  return { ...outcome, said, requests, waited };
}

function use(name: string, input: unknown): Response {
  return message([{ type: "tool_use", id: "call_1", name, input }]);
}

function message(content: readonly unknown[]): Response {
  const usage = {
    input_tokens: 100,
    output_tokens: 10,
    cache_read_input_tokens: 1_000,
    cache_creation_input_tokens: 5,
  };
  return Response.json({ type: "message", role: "assistant", content, stop_reason: "end_turn", usage });
}

function failure(status: number, type: string, headers: Record<string, string> = {}): Response {
  return Response.json({ type: "error", error: { type, message: "x" } }, { status, headers });
}

/** A model that does both wishes well: it looks for the milk, and takes the id that it was told. */
function goodModel({ messages }: Asked): Response {
  const [said, , told] = messages.map(({ content: [block] }) => block);
  if (said?.["text"] === SPACES.says) return use("spaces_list", {});
  if (told === undefined) return use("todo_list", { query: "milk" });
  return use("todo_complete", { id: /"id":"([^"]+)"/.exec(told.content ?? "")?.[1] });
}

Deno.test("a model that looks, and calls what is needed with the id that it was told, is a hit; the tokens are told", async () => {
  const { exitCode, said, requests, chosen } = await run(goodModel);
  assert.equal(exitCode, 0);
  assert.match(said, /^✓ Tick off the milk\. {2}todo_list, todo_complete$/m);
  assert.match(said, /^✓ Which spaces do I have\? {2}spaces_list$/m);
  assert.match(said, /^claude-test: 2 of 2 wishes are hits$/m);
  assert.match(said, /^tokens: 300 read, 3000 read from the cache, 15 written to it, 30 answered$/m);
  // What a client sends: the instructions, and the tools of the profile without what a model is not handed.
  const [{ url, headers, asked } = assert.fail()] = requests;
  assert.equal(url, "https://api.anthropic.com/v1/messages");
  assert.equal(headers.get("x-api-key"), KEY);
  assert.match(asked.system[0]?.text ?? "", /Sunday, 2026-03-01.*Mana holds one person's own records: /s);
  assert.equal(asked.tools.length, 37);
  assert.deepEqual(chosen?.get(MILK)?.choices, [
    { tool: "todo_list", arguments: { query: "milk" } },
    { tool: "todo_complete", arguments: { id: "$milk" } },
  ]);
});

Deno.test("no call, another tool, and arguments that are refused are misses, with what is wrong; the run ends with 1", async () => {
  const none = await run(() => message([{ type: "text", text: "Done!" }]));
  assert.equal(none.exitCode, 1);
  assert.match(
    none.said,
    /^✗ Tick off the milk\. {2}no call\n {4}"Tick off the milk\.": todo\.complete was not called$/m,
  );
  assert.match(none.said, /^claude-test: 0 of 2 wishes are hits$/m);
  const made = await run(() => use("todo_complete", { id: "milk" }), { wishes: [MILK] });
  assert.match(made.said, /todo_complete was refused: No task with id "milk"/);
  // A model that never comes to an end is stopped.
  const lost = await run(() => use("todo_list", {}), { wishes: [MILK] });
  assert.equal(lost.requests.length, 5);
  assert.equal(lost.requests.at(-1)?.asked.messages.length, 9);
});

Deno.test("a key that is refused stops the run at once and says where to look; nothing is recorded", async () => {
  const { exitCode, said, requests, chosen } = await run(() => failure(401, "authentication_error"));
  assert.equal(exitCode, 2);
  assert.equal(chosen, null);
  assert.equal(requests.length, 1);
  assert.match(
    said,
    /Stopped after 0 of 2 wishes: the model's host answered 401 authentication_error\. Look whether ANTHROPIC_API_KEY is/,
  );
});

Deno.test("too many requests are made again when the host says, an overloaded host a few times; then the run stops", async () => {
  let refusals = 1;
  const once = await run((asked) =>
    refusals-- > 0 ? failure(429, "rate_limit_error", { "retry-after": "7" }) : goodModel(asked)
  );
  assert.equal(once.exitCode, 0);
  assert.deepEqual(once.waited, [7_000]);
  const always = await run(() => failure(529, "overloaded_error"));
  assert.equal(always.exitCode, 2);
  assert.deepEqual(always.waited, [1_000, 2_000, 4_000]);
  assert.match(always.said, /answered 529 overloaded_error\. It was asked again and stayed so: try later\./);
});

Deno.test("a run takes no more tokens than it was allowed", async () => {
  const { exitCode, said, requests } = await run(goodModel, { tokens: 10 });
  assert.equal(exitCode, 2);
  assert.equal(requests.length, 0);
  assert.match(said, /budget of tokens is spent\. Allow more with --tokens=N\./);
});

Deno.test("what is recorded are the model's choices where they are right; the others stand as before, and it says so", () => {
  const judged = new Map([
    [SPACES, { choices: [{ tool: "spaces_list", arguments: {} }], faults: [] }],
    [MILK, { choices: [], faults: ["todo.complete was not called"] }],
  ]);
  const recorded = toRecord("claude-test", "2026-03-01", judged, CHOICES);
  assert.match(
    recorded.recordedBy,
    /^claude-test on 2026-03-01; it missed "Tick off the milk\.", which stand as before \(.+\)$/,
  );
  assert.deepEqual(recorded.choices[SPACES.says], [{ tool: "spaces_list", arguments: {} }]);
  assert.deepEqual(recorded.choices[MILK.says], CHOICES.choices[MILK.says]);
});

Deno.test("deno task evals without a key says what to do and ends with 2; so do arguments that make no sense", async () => {
  const { code, err, out } = await runTask(["evals"], "", {});
  assert.equal(code, 2);
  assert.equal(out, "");
  assert.match(err, /set ANTHROPIC_API_KEY to a key of .* CI needs none/);
  const record = await runTask(["evals", "--record"], "", { ANTHROPIC_API_KEY: KEY });
  assert.equal(record.code, 2);
  assert.equal(record.err, "Recording is deno task evals:record, which may write the file.\n");
  assert.equal((await runTask(["evals:record"], "", {})).code, 2);
  assert.deepEqual(readEvalsArguments(["--modle=x"]), {
    problem: "Known are --model=NAME, --tokens=N and --record, and not all of: --modle=x",
  });
  assert.deepEqual(readEvalsArguments(["--model=a b"]), { problem: "--model takes the name of a model." });
  assert.deepEqual(readEvalsArguments(["--tokens=0"]), {
    problem: "--tokens takes how many tokens the run may take.",
  });
  assert.deepEqual(readEvalsArguments([]), { model: "claude-haiku-4-5", tokens: 3_000_000, record: false });
});
