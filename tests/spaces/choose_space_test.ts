import assert from "node:assert/strict";
import type { ActiveSpace } from "../../lib/spaces/active_space.ts";
import { chooseSpace, type Directory } from "../../lib/spaces/choose_space.ts";

const LIST: Directory = {
  source: "list",
  spaces: [{ id: "org_me", type: "personal" }, { id: "org_team", type: "team" }, { id: "org_odd" }],
};
const ONE: Directory = { source: "memberships", spaces: [{ id: "org_me", role: "owner" }] };
const TWO: Directory = { source: "memberships", spaces: [{ id: "org_me" }, { id: "org_team" }] };
const NONE: Directory = { source: "none", spaces: [] };

/** A choice in one line: id, kind, sealed, stored ids — or the refusal. */
function chosen(directory: Directory, requested: string | null): string {
  const choice = chooseSpace(directory, "me", requested);
  if (!choice.ok) return choice.refusal.reason;
  return lineOf(choice.space);
}

function lineOf({ id, kind, sealed, storedAs }: ActiveSpace): string {
  return `${id} ${kind} ${sealed ? "sealed" : "plain"} [${[...storedAs].join("|")}]`;
}

const PERSONAL = "org_me personal sealed [org_me|_personal:me|]";

for (
  const [name, directory, requested, expected] of [
    ["no header means the personal space", LIST, null, PERSONAL],
    ["the organization's id is the personal space", LIST, "org_me", PERSONAL],
    ["the sentinel is the personal space", LIST, "_personal:me", PERSONAL],
    [
      "a space known to be shared is written in plaintext",
      LIST,
      "org_team",
      "org_team shared plain [org_team]",
    ],
    ["a space of unknown type is sealed", LIST, "org_odd", "org_odd unknown sealed [org_odd|_personal:me|]"],
    ["a foreign space is refused", LIST, "org_foreign", "space-not-member"],
    ["another person's sentinel is refused", LIST, "_personal:you", "space-not-member"],
    ["a single membership is the personal space", ONE, null, PERSONAL],
    ["several memberships need a choice", TWO, null, "space-choice-needed"],
    ["a chosen membership is sealed", TWO, "org_team", "org_team unknown sealed [org_team|_personal:me|]"],
    [
      "the sentinel among several memberships needs a choice: rows of the apps lie under an id",
      TWO,
      "_personal:me",
      "space-choice-needed",
    ],
    ["the sentinel of a single membership is the personal space", ONE, "_personal:me", PERSONAL],
    ["a foreign id among memberships is refused", TWO, "org_foreign", "space-not-member"],
    ["told nothing, no space is known", NONE, null, "spaces-untold"],
    [
      "told nothing, not even the sentinel: rows of the apps lie under an id",
      NONE,
      "_personal:me",
      "spaces-untold",
    ],
    ["told nothing, no id is known", NONE, "org_me", "spaces-untold"],
  ] as const
) {
  Deno.test(`chooseSpace(): ${name}`, () => assert.equal(chosen(directory, requested), expected));
}

Deno.test("chooseSpace() names the ids to choose from", () => {
  const choice = chooseSpace(TWO, "me", null);
  assert.ok(!choice.ok);
  assert.deepEqual(choice.refusal, {
    reason: "space-choice-needed",
    spaces: [{ id: "org_me" }, { id: "org_team" }],
  });
});

for (
  const [name, granted, requested, expected] of [
    ["a space that was granted can be named", ["org_team"], "org_team", "org_team shared plain [org_team]"],
    ["a space that was not granted is refused", ["org_team"], "org_me", "space-not-granted"],
    ["the personal space is granted by any of its names", ["_personal:me"], "org_me", PERSONAL],
    ["without a header the personal space is used when it was granted", ["org_me"], null, PERSONAL],
    [
      "without a header the only space of the grant is used",
      ["org_team"],
      null,
      "org_team shared plain [org_team]",
    ],
    [
      "the only space of the grant that is left is used",
      ["org_team", "org_left"],
      null,
      "org_team shared plain [org_team]",
    ],
    [
      "without a header and with several spaces there is a choice to make",
      ["org_team", "org_odd"],
      null,
      "space-choice-needed",
    ],
    ["a grant of spaces that were all left is over", ["org_left"], null, "space-grant-over"],
    ["a grant makes nobody a member", ["org_foreign"], "org_foreign", "space-not-member"],
  ] as const
) {
  Deno.test(`chooseSpace() for a restricted token: ${name}`, () => {
    const choice = chooseSpace(LIST, "me", requested, new Set(granted));
    assert.equal(choice.ok ? lineOf(choice.space) : choice.refusal.reason, expected);
  });
}

Deno.test("chooseSpace() for a restricted token names the granted ids to choose from and no others", () => {
  const three: Directory = { source: "memberships", spaces: [...TWO.spaces, { id: "org_club" }] };
  const choice = chooseSpace(
    three,
    "me",
    null,
    new Set(["org_team", "org_left", "org_club", "_personal:me"]),
  );
  assert.deepEqual(choice.ok || choice.refusal, {
    reason: "space-choice-needed",
    spaces: [{ id: "org_team" }, { id: "org_club" }],
  });
  const one = chooseSpace(three, "me", null, new Set(["org_club"]));
  assert.equal(one.ok && lineOf(one.space), "org_club unknown sealed [org_club]");
});

Deno.test("chooseSpace() for a restricted token: the personal names open no space of unknown type, nor the other way round", () => {
  const personal = chooseSpace(TWO, "me", "org_team", new Set(["_personal:me"]));
  assert.equal(personal.ok ? "chosen" : personal.refusal.reason, "space-not-granted");
  const team = chooseSpace(TWO, "me", "org_team", new Set(["org_team"]));
  assert.equal(team.ok && lineOf(team.space), "org_team unknown sealed [org_team]");
  const both = chooseSpace(TWO, "me", "org_team", new Set(["org_team", "_personal:me"]));
  assert.equal(both.ok && lineOf(both.space), "org_team unknown sealed [org_team|_personal:me|]");
});
