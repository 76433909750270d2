/** The mark of an app that had been handed texts of others is a part of what is signed. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createChangeVerifier } from "../../lib/authorship/change_verifier.ts";
import { contentOfPull, signedText } from "../../lib/authorship/signed_text.ts";
import { createShare, parseChange } from "../../lib/changes/change.ts";

const CALL = "0123456789abcdef0123456789abcdef";
const sign = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 32);

function changeWith(iterationId: string) {
  const actor = {
    kind: "ai",
    principalId: `mana-mcp:app:${"a".repeat(32)}`,
    displayName: "App",
    rationale: "notes.create",
    iterationId,
  };
  const data = { id: "1", title: "x" };
  const change = parseChange({ table: "notes", id: "1", op: "insert", data, actor }, "notes", createShare());
  assert.ok(change);
  return { actor, change };
}

function macOf(isRelaying: boolean): string {
  const { actor, change } = changeWith("");
  const place = { subject: "anna", app: "notes", table: "notes" };
  return sign(signedText(place, { ...actor, kind: "ai", callId: CALL, isRelaying }, contentOfPull(change)));
}

Deno.test("a mark that was taken away or put on proves nothing; a change without one is signed as ever", () => {
  const kindOf = (iterationId: string) =>
    createChangeVerifier("anna", sign).writerOf("notes", "notes", changeWith(iterationId).change).kind;
  assert.equal(kindOf(`${CALL}.${macOf(false)}`), "app");
  assert.equal(kindOf(`${CALL}.${macOf(true)}.others`), "app");
  assert.equal(kindOf(`${CALL}.${macOf(true)}`), "unverified");
  assert.equal(kindOf(`${CALL}.${macOf(false)}.others`), "unverified");
});
