import assert from "node:assert/strict";
import { chooseNamedSpace } from "../../lib/spaces/choose_named_space.ts";
import type { Directory } from "../../lib/spaces/choose_space.ts";

const LEFT = "a1b2c3d4e5f6g7h8i9j0k";
const LIST: Directory = {
  source: "list",
  spaces: [
    { id: "org_me", name: "Anna", type: "personal" },
    { id: "org_fam", name: "Familie", type: "family" },
    { id: "org_one", name: "Verein", type: "club" },
    { id: "org_two", name: " Verein ", type: "club" },
    { id: "org_bad", name: "org_fam", type: "team" },
    { id: "org_old", name: LEFT, type: "team" },
    { id: "org_sen", name: "_personal:you", type: "team" },
    { id: "org_nfd", name: "Cafe\u0301", type: "team" },
    { id: "org_dot", name: "Familie\u200b", type: "team" },
    { id: "org_nil", name: " ", type: "team" },
    { id: "org_odd" },
  ],
};

/** The id of the choice, or the refusal with the ids that it tells. */
function chosen(named: string, granted: readonly string[] | null = null, directory = LIST): string {
  const choice = chooseNamedSpace(directory, "me", named, granted === null ? null : new Set(granted));
  if (choice.ok) return choice.space.id;
  const { refusal } = choice;
  return "spaces" in refusal ? `${refusal.reason} ${refusal.spaces.map(({ id }) => id)}` : refusal.reason;
}

const ALL = `space-unknown ${LIST.spaces.map(({ id }) => id)}`;

for (
  const [what, named, expected] of [
    ["an id", "org_odd", "org_odd"],
    ["a name", "Familie", "org_fam"],
    ["the name of the personal space", "Anna", "org_me"],
    ["the sentinel", "_personal:me", "org_me"],
    ["a name with white space around it", "\u00a0 Familie\n", "org_fam"],
    ["a name in the other normal form", "Caf\u00e9", "org_nfd"],
    ["a name in another case is another name", "familie", ALL],
    ["half of a name is none", "Fam", ALL],
    ["a look-alike is another name", "F\u0430milie", ALL],
    ["what cannot be seen makes another name", "Familie\u200b", "org_dot"],
    ["a name of two spaces is refused with both", "Verein", "space-ambiguous org_one,org_two"],
    ["an id comes before the name of another space", "org_fam", "org_fam"],
    ["the id of a space that was left is no name of another", LEFT, ALL],
    ["somebody else's sentinel is no name", "_personal:you", ALL],
    ["nothing is no name", " ", ALL],
    ["nothing at all neither", "", ALL],
  ] as const
) Deno.test(`chooseNamedSpace(): ${what}`, () => assert.equal(chosen(named), expected));

for (
  const [what, named, granted, expected] of [
    ["a name within the grant", "Familie", ["org_fam"], "org_fam"],
    ["a name outside of the grant is as unknown as any", "Familie", ["org_one"], "space-unknown org_one"],
    ["an id outside of the grant is refused as by header", "org_fam", ["org_one"], "space-not-granted"],
    ["a name is ambiguous within the grant only", "Verein", ["org_two"], "org_two"],
    [
      "a granted space named as one that was not given: the id wins, and is refused",
      "org_fam",
      ["org_bad"],
      "space-not-granted",
    ],
    [
      "the personal space by its name, granted under another",
      "Anna",
      ["_personal:me"],
      "org_me",
    ],
    ["nothing is left of the grant", "Familie", ["org_gone"], "space-unknown "],
  ] as const
) {
  Deno.test(`chooseNamedSpace() for a restricted token: ${what}`, () =>
    assert.equal(chosen(named, granted), expected));
}

Deno.test("chooseNamedSpace() where no names are told takes ids, and says which", () => {
  const two: Directory = { source: "memberships", spaces: [{ id: "org_me" }, { id: "org_team" }] };
  assert.equal(chosen("org_team", null, two), "org_team");
  assert.equal(chosen("Team", null, two), "space-unknown org_me,org_team");
  const none: Directory = { source: "none", spaces: [] };
  for (const named of ["org_me", "Anna", "_personal:me"]) {
    assert.equal(chosen(named, null, none), "spaces-untold");
  }
});
