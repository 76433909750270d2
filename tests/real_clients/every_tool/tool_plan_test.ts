/** What the plan of every tool holds, and the general check: what the gateway itself sends, without any client between. */
import assert from "node:assert/strict";
import { BARE } from "../driven/bare.ts";
import { CALLED, listedName } from "./candidates.ts";
import { checkEveryTool } from "./check_every_tool.ts";
import { type Kind, makeToolPlan } from "./tool_plan.ts";

/** Tools that have no answer of a kind, and why. */
const WITHOUT: Readonly<Partial<Record<Kind, Readonly<Record<string, readonly string[]>>>>> = {
  "a long list": {
    "the answer is short, whatever is stored": [
      "spaces_list",
      "calendar_free",
      "profile_read",
      "links_list",
      "times_status",
      "augur_oracle",
      "website_read",
    ],
    "none of the long texts is in it": ["habits_overview", "journal_calendar"],
    // A gap of the gateway: such a record cannot be read by its id. No client is sent more than it hands on.
    "a record and its parts, each as long as a result may be, are refused together as too large": [
      "events_read",
      "questions_read",
      "guides_read",
    ],
  },
  "part of the records": {
    "the names of spaces are no records": ["spaces_list"],
    "articles are in none of the apps' tables, so no grant shows one": ["articles_read"],
  },
  "a change that the person does not allow": {
    "nothing is there to be changed": ["times_stop", "quiz_record"],
  },
};

/** Least tools that have an answer of a kind; of the others no answer has room for such a thing. */
const LEAST: Readonly<Partial<Record<Kind, number>>> = { "a note": 150 };

Deno.test("the plan has a call of every tool for a usual result and for each kind of refusal that the tool knows", async () => {
  const calls = (await makeToolPlan()).flatMap((stage) => stage.calls);
  const missing = (kind: Kind, names: readonly string[]) => {
    const known = Object.values(WITHOUT[kind] ?? {}).flat();
    const planned = new Set(calls.filter((call) => call.kind === kind).map(({ tool }) => tool));
    return names.filter((name) => !planned.has(name) && !known.includes(name));
  };
  const all = CALLED.map(listedName);
  const readers = CALLED.filter(({ access }) => access === "read").map(listedName);
  const writers = all.filter((name) => !readers.includes(name));
  assert.deepEqual(missing("a usual result", all), []);
  assert.deepEqual(missing("an argument that is not there", all), []);
  assert.deepEqual(missing("a long list", readers), []);
  assert.deepEqual(missing("part of the records", readers), []);
  assert.deepEqual(missing("a change that the person does not allow", writers), []);
  for (const [kind, least] of Object.entries(LEAST)) {
    const count = calls.filter((call) => call.kind === kind).length;
    assert.ok(count >= least, `${kind}: only ${count} tools`);
  }
});

Deno.test("the gateway says the same to whoever asks, and nothing that a client would cut", (t) =>
  checkEveryTool(t, BARE));
