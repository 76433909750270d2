// The runner reads the gateway's reasons out of its words. Both stand in different processes, so a test holds the one against the other.
import assert from "node:assert/strict";
import { describeRefusal, type Refusal } from "../../lib/kit/errors.ts";
import { reasonCode } from "../../runner/mana/reason_code.ts";
import { rpc } from "../_support/mcp.ts";
import { createWorld } from "../_support/world.ts";

/** What a refused tool call may say, in the gateway's own values. */
const REFUSALS: readonly Refusal[] = [
  { reason: "space-not-member" },
  { reason: "space-not-granted" },
  { reason: "space-choice-needed", spaces: [{ id: "s" }] },
  { reason: "space-unknown", spaces: [{ id: "s", name: "The arguments are invalid: " }] },
  { reason: "space-ambiguous", spaces: [{ id: "s" }] },
  {
    reason: "module-not-in-space",
    module: "Mood",
    spaceType: "family",
    spaceTypes: ["personal"],
    personalSpace: "s",
    hasPersonal: true,
  },
  { reason: "scope-missing", scope: "notes:write", challenge: "notes:write" },
  { reason: "tool-unknown" },
  { reason: "input-invalid", problems: ["title: is missing"] },
  { reason: "cursor-invalid" },
  { reason: "result-too-large" },
  { reason: "record-not-found", record: "journal entry", id: "x" },
  { reason: "record-unreadable", record: "task", fields: ["title"] },
  { reason: "value-not-storable", field: "title", why: "it contains the character U+0000" },
  { reason: "write-unknown", record: "task", ids: ["x"] },
  { reason: "write-partly", stored: [{ record: "task", id: "x" }], unknown: [], missing: [], minutes: 2 },
  { reason: "grant-excluded", what: "access", access: "write", collection: "notes/notes" },
  { reason: "grant-excluded", what: "withheld", fields: ["title"], collection: "notes/notes" },
  { reason: "disclosure-budget", counted: "records", window: "day", limit: 1, goesOn: 0, page: null },
  { reason: "ledger-unavailable" },
  { reason: "ledger-inactive" },
  {
    reason: "approval-needed",
    why: "asked",
    id: "a",
    url: "https://mana.test/approvals/a",
    minutes: 5,
    until: 0,
    tellingTool: "approvals_get",
  },
  { reason: "approval-done" },
  { reason: "approval-unknown" },
  { reason: "zero-knowledge" },
  { reason: "vault-not-initialised" },
  { reason: "sync-inactive" },
  { reason: "upstream-token-refused", upstream: "sync" },
  { reason: "upstream-failed", upstream: "sync", fault: "timeout" },
  { reason: "upstream-failed", upstream: "auth", fault: "failed" },
  { reason: "share-exceeded", retryAfterSeconds: 1 },
  { reason: "internal" },
];

Deno.test("the words of every refusal of a call tell its reason", () => {
  for (const refusal of REFUSALS) {
    assert.equal(reasonCode(describeRefusal(refusal).message), refusal.reason, refusal.reason);
  }
});

Deno.test("a call that a rule refuses has the name of the rule as its reason", () => {
  const words = describeRefusal({ reason: "policy-denied", rule: "rate-limit-exceeded", advice: "wait." });
  assert.equal(reasonCode(words.message), "rate-limit-exceeded");
});

Deno.test("words that are none of the gateway's have no reason", () => {
  assert.equal(reasonCode(""), null);
  assert.equal(reasonCode("Milk. The arguments are invalid: not at the beginning"), null);
  assert.equal(reasonCode("The call is not allowed (Milk and bread): no"), null);
});

Deno.test("refusals of the protocol have a reason too", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const ask = async (params: Record<string, unknown>) =>
    reasonCode((await rpc(world, anna, "tools/call", params)).body.error?.message ?? "");
  assert.equal(await ask({ name: "todo_frobnicate", arguments: {} }), "tool-unknown");
  assert.equal(await ask({ name: "todo_create", arguments: "milk" }), "params-invalid");
  assert.equal(
    await ask({ name: "todo_create", arguments: JSON.parse('{"__proto__":1}') }),
    "request-invalid",
  );
});
