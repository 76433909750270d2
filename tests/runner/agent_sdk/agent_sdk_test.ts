// The real Agent SDK plays a day at the real gateway, with a stand-in for its model. Skipped where it is not installed.
import assert from "node:assert/strict";
import { readFirstPerson } from "../../../scripts/stack/read_first_person.ts";
import { signIn } from "../../../scripts/stack/sign_in.ts";
import { startStack } from "../../../scripts/stack/start_stack.ts";
import { temporaryFolder } from "../../_support/temporary_folder.ts";
import { ANTHROPIC } from "../../real_clients/models/anthropic_api.ts";
import { type Play, type PlayedCall, playModel } from "../../real_clients/models/played_model.ts";
import { checkTypes, playDay, type PlayedDay, whereInstalled } from "./_play_day.ts";

const FREE_PORTS = { PORT: "0", BACKEND_PORT: "0", BACKEND_SYNC_PORT: "0" };
const call = (name: string, args: unknown = {}): PlayedCall => ({ name, args });
const createTask = call("mcp__mana__todo_create", { title: "Milk" });

/** What the model calls, answer by answer; nothing when the list is over. */
function play(...answers: readonly (readonly PlayedCall[])[]): Play {
  let given = 0;
  return () => answers[given++] ?? [];
}

Deno.test("the Agent SDK plays days of a persona", await whereInstalled(), async (t) => {
  await using folder = await temporaryFolder();
  const homes = `${folder.path}/homes`;
  await Deno.mkdir(homes);
  const stack = await startStack({ data: folder.path, firstPerson: "demo@mana.test", env: FREE_PORTS });
  try {
    const { email, password } = await readFirstPerson(folder.path);
    const token = await signIn(stack.authUrl, email, password);
    const dayWith = async (model: Play, changes: Partial<PlayedDay> = {}) => {
      await using played = playModel(ANTHROPIC, model);
      const day = await playDay({ manaUrl: stack.mcpUrl, token, modelUrl: played.url, homes, ...changes });
      assert.deepEqual(day.left, [], "a home was left behind");
      assert.ok(day.isChildGone, "a child was left behind");
      return { ...day, seen: played.seen() };
    };
    await t.step(
      "calls are paired with their results, told turn by turn, and rated in the same conversation",
      async () => {
        const day = await dayWith(play(
          [createTask, call("mcp__mana__todo_complete", { id: "00000000-0000-4000-8000-000000000000" })],
          [call("mcp__mana__todo_list")],
          [],
          [call("mcp__runner__rate_modules", { ratings: [{ module: "todo", rating: 4, notes: "Quick." }] })],
        ));
        assert.deepEqual(
          day.turns.map(({ calls }) => calls.map(({ wish, outcome }) => [wish.tool, outcome.result])),
          [[["todo_create", "ok"], ["todo_complete", "refused"]], [["todo_list", "ok"]]],
        );
        assert.match(day.turns[1]?.calls[0]?.outcome.text ?? "", /Milk/);
        assert.deepEqual(day.end, {
          ending: "done",
          ratings: [{ module: "todo", rating: 4, notes: "Quick." }],
        });
        assert.equal(day.brokenRatings, 0);
        assert.ok((day.tokens.output ?? 0) > 0);
        assert.match(day.commandLines, /claude-agent-sdk/);
        assert.ok(!day.commandLines.includes(token), "the token is on a command line");
        assert.ok(!day.commandLines.includes("sk-ant-stand-in"), "the key is on a command line");
      },
    );
    await t.step(
      "it offers the gateway's tools and the one for ratings, and nothing of its own",
      async () => {
        const { seen } = await dayWith(play([createTask]));
        const others = seen.tools.filter(({ name }) => !name.startsWith("mcp__mana__")).map(({ name }) =>
          name
        );
        assert.deepEqual(others, ["mcp__runner__rate_modules"]);
        assert.ok(seen.tools.length > 20);
      },
    );
    await t.step("a tool of the SDK is denied, and is no call", async () => {
      const day = await dayWith(play([call("Bash", { command: "env" }), createTask]));
      assert.deepEqual(day.turns.map(({ calls }) => calls.map(({ wish }) => wish.tool)), [["todo_create"]]);
      assert.equal(day.brokenRatings, 1);
    });
    await t.step("a day whose turns are used up keeps its rows and has no ratings", async () => {
      const day = await dayWith(() => [createTask], { maxTurns: 3 });
      assert.equal(day.turns.length, 3);
      assert.deepEqual(day.end, { ending: "turns", ratings: [] });
    });
    await t.step("a runner that stops ends the child", async () => {
      const day = await dayWith(() => [createTask], { stopAfter: 1 });
      assert.deepEqual([day.end, day.turns.length], ["stopped", 1]);
    });
    await t.step("without the gateway no model is asked", async () => {
      const day = await dayWith(play([createTask]), { token: "no-token" });
      assert.deepEqual(day.end, { fault: "model", words: "the Agent SDK has no connection to the gateway" });
      assert.deepEqual(day.seen.tools, []);
    });
    await t.step("a spent budget starts nothing", async () => {
      const day = await dayWith(play([createTask]), { budgetTokens: 0 });
      assert.deepEqual(day.end, { fault: "budget", words: "the day's budget of tokens is spent" });
    });
  } finally {
    await stack.stop();
  }
});

Deno.test("the engine is sound in types", await whereInstalled(), () => checkTypes());
