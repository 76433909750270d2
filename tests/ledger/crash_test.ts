/** Two gateways that are killed while they work leave a ledger that is incomplete at most; whatever is planted in it is found. */
import assert from "node:assert/strict";
import { crash } from "../../soak/ledger/crash.ts";
import { temporaryFolder } from "../_support/temporary_folder.ts";

Deno.test("crash: two gateways are killed at random, answers get lost: no false alarm, and every planted change is found", async () => {
  await using folder = await temporaryFolder();
  const seed = Math.floor(Math.random() * 1e9);
  const { answers, kills, code, lines, planted, alarms } = await crash({
    calls: 250,
    seed,
    data: `${folder.path}/backend`,
  });
  const again = `again: deno task soak:ledger --calls=250 --seed=${seed}\n${lines.join("\n")}`;
  assert.ok(answers.of("answered") >= 250, again);
  assert.ok(kills > 0, again);
  assert.notEqual(code, 1, again);
  assert.deepEqual(planted.missed, [], again);
  assert.deepEqual(alarms, [], again);
});
