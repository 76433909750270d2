/** The state that comes back with an answer: good for one call, of one person, once, for five minutes. */
import assert from "node:assert/strict";
import { pushInsert, TASKS } from "../_support/device.ts";
import { recordOf, titles } from "../_support/listed.ts";
import { callOk } from "../_support/mcp.ts";
import { inSpace, makeTeam } from "../_support/team.ts";
import { createWorld, type Person, type World } from "../_support/world.ts";
import { asked, NO, nothingPushed, questionIn, refusalIn, send, YES } from "./_asking.ts";

const AGAIN = "Nothing was changed. Call the tool again to ask the person anew.";
const refused = (rule: string, words: string) =>
  `The call is not allowed (confirmation-${rule}): ${words} ${AGAIN}`;
const INVALID = refused(
  "invalid",
  "the state of the question is not one of this gateway, or older than its last start.",
);
const EXPIRED = refused("expired", "the person's answer came too late, a question is open for five minutes.");
const USED = refused("used", "this answer was used already, each counts once.");
const FOREIGN = refused(
  "foreign",
  "the person's answer was to another question: another call, arguments, space or person.",
);
const MISSING = refused("missing", "the person's answer came back without the state of its question.");

async function task(world: World, person: Person, title = "Buy milk", headers = {}): Promise<string> {
  return recordOf(await callOk(world, person, "todo_create", { title }, headers), "task").id;
}

Deno.test("a yes counts once: sent again, it deletes nothing, neither the same nor another record", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const [id, other] = [await task(world, anna), await task(world, anna, "Other")];
  const { state } = await asked(world, anna, "todo_delete", { id });
  const reply = { state, answer: YES };
  assert.deepEqual((await send(world, anna, "todo_delete", { id }, reply)).structuredContent, {
    ok: true,
    id,
  });
  await nothingPushed(world, async () => {
    assert.equal(refusalIn(await send(world, anna, "todo_delete", { id }, reply)), USED);
    assert.equal(refusalIn(await send(world, anna, "todo_delete", { id: other }, reply)), USED);
  });
});

Deno.test("of two at the same time one wins", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await task(world, anna);
  const { state } = await asked(world, anna, "todo_delete", { id });
  const results = await Promise.all(
    Array.from({ length: 5 }, () => send(world, anna, "todo_delete", { id }, { state, answer: YES })),
  );
  const refusals = results.filter(({ isError }) => isError).map(refusalIn);
  assert.deepEqual(refusals, [USED, USED, USED, USED]);
});

Deno.test("a no is final: the same state does not come back as a yes", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await task(world, anna);
  for (const answer of [NO, { action: "cancel" }]) {
    const { state } = await asked(world, anna, "todo_delete", { id });
    await nothingPushed(world, async () => {
      refusalIn(await send(world, anna, "todo_delete", { id }, { state, answer }));
      assert.equal(refusalIn(await send(world, anna, "todo_delete", { id }, { state, answer: YES })), USED);
    });
  }
});

Deno.test("a state changed anywhere is refused", async () => {
  await using world = await createWorld({ env: { RATE_LIMIT_WRITES: "0" } });
  const anna = await world.person("anna");
  const id = await task(world, anna);
  const { state } = await asked(world, anna, "todo_delete", { id });
  const bytes = Uint8Array.fromBase64(state, { alphabet: "base64url" });
  assert.equal(bytes.length, 156);
  const wrong = [
    // One bit of each byte in turn: nonce, expiry, call, sentence, MAC.
    ...Array.from(bytes, (_, index) => {
      const changed = bytes.slice();
      changed[index] = (changed[index] ?? 0) ^ 1;
      return changed.toBase64({ alphabet: "base64url" });
    }),
    state.slice(0, -1),
    `${state}A`,
    `${state}=`,
    ` ${state}`,
    `${state.slice(0, 80)}\n${state.slice(80)}`,
    "",
    "null",
    "A".repeat(160),
    "A".repeat(100_000),
  ];
  await nothingPushed(world, async () => {
    for (const changed of wrong) {
      const result = await send(world, anna, "todo_delete", { id }, { state: changed, answer: YES });
      assert.equal(refusalIn(result), INVALID, changed.slice(0, 200));
    }
  });
  // None of them spent the real one.
  const good = await send(world, anna, "todo_delete", { id }, { state, answer: YES });
  assert.deepEqual(good.structuredContent, { ok: true, id });
});

Deno.test("an answer without a state, or of another gateway, is none", async () => {
  await using world = await createWorld();
  await using other = await createWorld();
  const [anna, elsewhere] = [await world.person("anna"), await other.person("anna")];
  const id = await task(world, anna);
  const { state } = await asked(other, elsewhere, "todo_delete", { id: await task(other, elsewhere) });
  await nothingPushed(world, async () => {
    assert.equal(refusalIn(await send(world, anna, "todo_delete", { id }, { answer: YES })), MISSING);
    assert.equal(refusalIn(await send(world, anna, "todo_delete", { id }, { state, answer: YES })), INVALID);
  });
});

Deno.test("a state without an answer, or with something that is none, asks again", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await task(world, anna);
  const { state, sentence } = await asked(world, anna, "todo_delete", { id });
  await nothingPushed(world, async () => {
    for (const answer of [undefined, {}, [], { action: "yes" }, { method: "x", result: YES }]) {
      const again = questionIn(await send(world, anna, "todo_delete", { id }, { state, answer }));
      assert.equal(again.sentence, sentence);
      assert.notEqual(again.state, state);
    }
  });
});

Deno.test("a question is open for five minutes", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await task(world, anna);
  const late = await asked(world, anna, "todo_delete", { id });
  world.clock.now += 5 * 60_000;
  await nothingPushed(world, async () => {
    const result = await send(world, anna, "todo_delete", { id }, { state: late.state, answer: YES });
    assert.equal(refusalIn(result), EXPIRED);
  });
  const { state } = await asked(world, anna, "todo_delete", { id });
  world.clock.now += 5 * 60_000 - 2_000;
  const result = await send(world, anna, "todo_delete", { id }, { state, answer: YES });
  assert.deepEqual(result.structuredContent, { ok: true, id });
});

Deno.test("a yes is for one person, tool, argument and space, and trying it elsewhere spends it", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const ben = await world.person("ben");
  const team = await makeTeam(world, anna, ben);
  const club = await makeTeam(world, anna, ben);
  const [id, other] = ["milk", "more milk"];
  for (const one of [id, other]) {
    await pushInsert(world, anna, TASKS, one, { title: "Buy milk", spaceId: team });
  }
  const note = recordOf(await callOk(world, anna, "notes_create", { title: "n" }, inSpace(team)), "note").id;
  const attempts: readonly (readonly [string, Person, string, Record<string, unknown>, string])[] = [
    ["another person", ben, "todo_delete", { id }, team],
    ["another tool", anna, "notes_delete", { id: note }, team],
    ["another tool, the same arguments", anna, "habits_delete", { id }, team],
    ["other arguments, the same sentence", anna, "todo_delete", { id: other }, team],
    ["another space", anna, "todo_delete", { id }, club],
    ["the personal space", anna, "todo_delete", { id }, ""],
  ];
  for (const [what, person, tool, args, space] of attempts) {
    const { state } = await asked(world, anna, "todo_delete", { id }, { headers: inSpace(team) });
    const headers = space === "" ? {} : inSpace(space);
    await nothingPushed(world, async () => {
      const reply = { state, answer: YES };
      assert.equal(refusalIn(await send(world, person, tool, args, { ...reply, headers })), FOREIGN, what);
      const back = await send(world, anna, "todo_delete", { id }, { ...reply, headers: inSpace(team) });
      assert.equal(refusalIn(back), USED, what);
    });
  }
  assert.deepEqual(await titles(world, ben, "todo_list", {}, inSpace(team)), ["Buy milk", "Buy milk"]);
});

Deno.test("the same call counts as the same, however it is spelt", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await task(world, anna);
  const { state } = await asked(world, anna, "todo_delete", { id });
  const result = await send(world, anna, "todo.delete", { id }, {
    state,
    answer: YES,
    headers: inSpace(anna.personalSpace),
  });
  assert.deepEqual(result.structuredContent, { ok: true, id });
});

Deno.test("the answer is of a client that can ask, or it is none", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await task(world, anna);
  for (const capabilities of [{}, { elicitation: { url: {} } }]) {
    const { state } = await asked(world, anna, "todo_delete", { id });
    await nothingPushed(world, async () => {
      const result = await send(world, anna, "todo_delete", { id }, { state, answer: YES, capabilities });
      assert.match(refusalIn(result), /destructive-not-allowed/);
    });
  }
});

Deno.test("a state says nothing: no text, no id, and equal questions look different", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await task(world, anna, "PLAINTEXT-MARK");
  const [one, two] = [
    await asked(world, anna, "todo_delete", { id }),
    await asked(world, anna, "todo_delete", { id }),
  ];
  const decoded = [one, two].map(({ state }) => Uint8Array.fromBase64(state, { alphabet: "base64url" }));
  for (const bytes of decoded) {
    const text = new TextDecoder("latin1").decode(bytes);
    for (const secret of ["PLAINTEXT", id, anna.id, "todo", anna.personalSpace, "task"]) {
      assert.ok(!text.includes(secret), secret);
    }
  }
  // Same person, call and sentence: the two MACs of the first may not be recognised in the second.
  assert.notDeepEqual(decoded[0]?.slice(24, 56), decoded[1]?.slice(24, 56));
  assert.notDeepEqual(decoded[0]?.slice(56, 88), decoded[1]?.slice(56, 88));
});
