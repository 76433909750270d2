import assert from "node:assert/strict";
import { SUPERVISED_LINE, supervisorIsGone } from "../../process/supervision.ts";

/** An input in these pieces, which ends when told to. */
function createInput(...pieces: readonly string[]) {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  for (const piece of pieces) writer.write(new TextEncoder().encode(piece)).catch(() => {});
  let isGone = false;
  void supervisorIsGone(readable).then(() => isGone = true);
  return {
    writer,
    async isGone() {
      for (let turn = 0; turn < 50; turn++) await undefined;
      return isGone;
    },
  };
}

Deno.test("a process learns that its supervisor is gone by the end of its input, in however many pieces the line came", async () => {
  for (const pieces of [[SUPERVISED_LINE], [...SUPERVISED_LINE], [`${SUPERVISED_LINE}more`, "and more"]]) {
    const input = createInput(...pieces);
    assert.equal(await input.isGone(), false);
    await input.writer.close();
    assert.equal(await input.isGone(), true, pieces.join("|"));
  }
});

Deno.test("a supervisor whose input breaks off is gone as well", async () => {
  const input = createInput(SUPERVISED_LINE);
  assert.equal(await input.isGone(), false);
  await input.writer.abort(new Error("broken"));
  assert.equal(await input.isGone(), true);
});

Deno.test("an input without the supervisor's line says nothing: an empty one of systemd, a terminal, another program's", async () => {
  for (const pieces of [[], ["q"], ["mana-mcp super"], ["yes\n".repeat(100)], [`x${SUPERVISED_LINE}`]]) {
    const input = createInput(...pieces);
    await input.writer.close().catch(() => {});
    assert.equal(await input.isGone(), false, pieces.join("|"));
  }
});
