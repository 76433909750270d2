import assert from "node:assert/strict";
import {
  createUnfinishedWrites,
  MAX_UNFINISHED_ROWS,
  type UnfinishedWrite,
} from "../../lib/records/together/unfinished_writes.ts";
import { clockOf } from "../_support/fake_clock.ts";
import { CALL, callerOf, createHarness, shared } from "./_harness.ts";

const writes = () => createUnfinishedWrites(clockOf(() => 1_000));

function left(...ids: string[]): UnfinishedWrite {
  return { at: 1, ids: new Map([["notes/notes", ids]]), updates: new Map() };
}

Deno.test("an unfinished write of one person, space or tool is nobody else's; another token of the person finds it", () => {
  const unfinished = writes();
  const { scope } = createHarness();
  const input = { id: "s" };
  const of = { subject: "anna", space: shared("team"), input };
  const own = left("a");
  unfinished.keep(scope("write", of), own);
  for (
    const other of [
      { ...of, subject: "ben" },
      { ...of, space: shared("other") },
      { ...of, actor: { tool: "notes.other", clientName: "Test Client", callId: CALL } },
      { ...of, input: { id: "t" } },
    ]
  ) {
    assert.equal(unfinished.find(scope("write", other)), null);
    unfinished.forget(scope("write", other));
  }
  const { subject: _, ...rest } = of;
  assert.equal(unfinished.find(scope("write", { ...rest, caller: callerOf("anna", "-2") })), own);
  unfinished.forget(scope("write", of));
  assert.equal(unfinished.find(scope("write", of)), null);
});

Deno.test("writes that only remove take room as well: a person's oldest goes where there are too many", () => {
  const unfinished = writes();
  const { scope } = createHarness();
  const of = (id: number) => scope("write", { subject: "anna", space: shared("team"), input: { id } });
  const removal: UnfinishedWrite = { at: 1, ids: new Map(), updates: new Map() };
  for (let id = 0; id <= MAX_UNFINISHED_ROWS; id++) unfinished.keep(of(id), removal);
  assert.equal(unfinished.find(of(0)), null);
  assert.equal(unfinished.find(of(MAX_UNFINISHED_ROWS)), removal);
});
