// A model's host that is busy, away, slow, talks nonsense, or costs more than it may.
import assert from "node:assert/strict";
import { BrainFault } from "../../../runner/brain/brain.ts";
import { brainOver, called, callsOf, dayOf, forever, KEY, NOON, turnOf } from "./_a_day.ts";
import { failure, type Played, playMessages, say, use } from "./_played_messages.ts";

const isFault = (kind: BrainFault["kind"], words: RegExp) => (error: unknown) =>
  error instanceof BrainFault && error.kind === kind && words.test(error.message) &&
  !new RegExp(`secret-of-the-conversation|${KEY}`).test(`${error.message} ${error.stack}`);

Deno.test("a busy host is waited for as long as it says, and then goes on", async () => {
  const date = new Date(NOON + 5_000).toUTCString();
  const model = playMessages([
    failure(429, "rate_limit_error", { "retry-after": "7" }),
    failure(529, "overloaded_error", { "retry-after": date }),
    "no-connection",
    { blocks: [say("Bye.")] },
  ]);
  const { brain, waits } = brainOver(model);
  assert.deepEqual(await brain.begin(dayOf()).next([], forever), { end: "Bye." });
  assert.deepEqual(waits, [7_000, 5_000, 4_000]);
});

Deno.test("429 for ever ends the day after three more tries, with the status and the API's word", async () => {
  const model = playMessages([failure(429, "rate_limit_error")]);
  const { brain, waits } = brainOver(model);
  await assert.rejects(
    brain.begin(dayOf()).next([], forever),
    isFault("model", /^the model's host answered 429 rate_limit_error$/),
  );
  assert.deepEqual(waits, [1_000, 2_000, 4_000]);
  assert.equal(model.asked.length, 4);
});

Deno.test("a host that wants to be left alone for an hour is: the runner's own backoff goes on", async () => {
  const model = playMessages([failure(429, "rate_limit_error", { "retry-after": "3600" })]);
  const { brain, waits } = brainOver(model);
  await assert.rejects(brain.begin(dayOf()).next([], forever), isFault("model", /429/));
  assert.deepEqual(waits, []);
});

for (
  const [status, type] of [[400, "invalid_request_error"], [401, "authentication_error"], [
    404,
    "not_found_error",
  ]] as const
) {
  Deno.test(`${status} is not tried again`, async () => {
    const model = playMessages([failure(status, type)]);
    await assert.rejects(
      brainOver(model).brain.begin(dayOf()).next([], forever),
      isFault("model", new RegExp(`${status} ${type}`)),
    );
    assert.equal(model.asked.length, 1);
  });
}

Deno.test("a host that hangs is left when the day's deadline comes, with the deadline's own reason", async () => {
  const deadline = new AbortController();
  const model = playMessages(["hang"]);
  const next = brainOver(model).brain.begin(dayOf()).next([], deadline.signal);
  const reason = new Error("five minutes are over");
  deadline.abort(reason);
  await assert.rejects(next, (error) => error === reason);
});

Deno.test("a host that hangs does not take the whole day: each answer has a time of its own", async () => {
  const model = playMessages(["hang", { blocks: [say("Bye.")] }]);
  const { brain } = brainOver(model, { answerMs: 1 });
  assert.deepEqual(await brain.begin(dayOf()).next([], forever), { end: "Bye." });
});

const text = (body: string, status = 200): Played => ({ response: () => new Response(body, { status }) });
for (
  const [what, played] of [
    ["HTML", text("<html>")],
    ["nothing", text("")],
    ["null", text("null")],
    ["an error with status 200", text('{"type":"error","error":{"type":"overloaded_error","message":"x"}}')],
    ["a block that is no object", { blocks: ["text"] }],
    ["a call without an id", { blocks: [{ type: "tool_use", name: "todo_list", input: {} }] }],
    ["two calls of one id", { blocks: [use("a", "todo_list"), use("a", "todo_create")] }],
    ["a name of a thousand characters", { blocks: [use("a", "t".repeat(1_000))] }],
    ["a call of a megabyte", { blocks: [use("a", "todo_create", { title: "x".repeat(1_000_000) })] }],
    ["a body without an end", {
      response: () =>
        new Response(
          new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(65_536).fill(32)) }),
        ),
    }],
  ] as readonly (readonly [string, Played])[]
) {
  Deno.test(`an answer with ${what} ends the day as a fault of the model`, async () => {
    const model = playMessages([played]);
    await assert.rejects(
      brainOver(model).brain.begin(dayOf()).next([], forever),
      isFault("model", /something else than a message/),
    );
    assert.equal(model.asked.length, 1);
  });
}

Deno.test("the budget of a day holds over all personas: what would pass it is not asked", async () => {
  const usage = {
    input_tokens: 20_000,
    output_tokens: 500,
    cache_read_input_tokens: 4_500,
    cache_creation_input_tokens: null,
  };
  const clock = { now: NOON };
  const model = playMessages([{ blocks: [use("a", "todo_list")], usage }]);
  const { brain, counted } = brainOver(model, { budgetTokens: 50_000, clock });
  const [anna, ben] = [brain.begin(dayOf()), brain.begin(dayOf())];
  const [wish] = callsOf(await anna.next([], forever));
  assert.ok(wish);
  await ben.next([], forever);
  await assert.rejects(anna.next([turnOf(called(wish))], forever), isFault("budget", /spent/));
  assert.equal(model.asked.length, 2);
  assert.deepEqual(counted.tokens, { input: 40_000, output: 1_000, cache_write: 0, cache_read: 9_000 });
  assert.deepEqual(await anna.rate([turnOf(called(wish))], forever), []);
  assert.equal(model.asked.length, 2);
  clock.now += 12 * 3_600_000;
  callsOf(await anna.next([turnOf(called(wish))], forever));
});

Deno.test("requests at the same time cannot pass the budget together, and an answer that never came stays paid", async () => {
  const deadline = new AbortController();
  const model = playMessages(["hang"]);
  const { brain } = brainOver(model, { budgetTokens: 8_000 });
  const first = brain.begin(dayOf()).next([], deadline.signal);
  await assert.rejects(brain.begin(dayOf()).next([], forever), isFault("budget", /spent/));
  deadline.abort();
  await assert.rejects(first, { name: "AbortError" });
  await assert.rejects(brain.begin(dayOf()).next([], forever), isFault("budget", /spent/));
  assert.equal(model.asked.length, 1);
});

Deno.test("a request without an answer stays paid, since nobody knows whether it was", async () => {
  const model = playMessages(["no-connection", { blocks: [say("Bye.")] }]);
  const { brain } = brainOver(model, { budgetTokens: 8_000 });
  await assert.rejects(brain.begin(dayOf()).next([], forever), isFault("budget", /spent/));
  assert.equal(model.asked.length, 1);
});

Deno.test("the key does not follow a redirect", async () => {
  const model = playMessages([{ blocks: [say("Bye.")] }]);
  await brainOver(model).brain.begin(dayOf()).next([], forever);
  assert.equal(model.asked[0]?.redirect, "error");
});

Deno.test("a refused request costs nothing", async () => {
  const model = playMessages([failure(429, "rate_limit_error"), { blocks: [say("Bye.")] }]);
  const { brain, counted } = brainOver(model, { budgetTokens: 8_000 });
  assert.deepEqual(await brain.begin(dayOf()).next([], forever), { end: "Bye." });
  assert.deepEqual(counted.tokens, { input: 100, output: 10, cache_write: 0, cache_read: 0 });
});
