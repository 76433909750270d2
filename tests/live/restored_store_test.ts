import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { LOG_ANCHOR_MS } from "../../lib/kit/limits.ts";
import { HABITS, pushInsert, withoutPush } from "../_support/device.ts";
import { notFound, titles } from "../_support/listed.ts";
import { callOk, callRefused } from "../_support/mcp.ts";
import { temporaryFolder } from "../_support/temporary_folder.ts";
import { createWorld } from "../_support/world.ts";

Deno.test("a sync store restored from an older backup under a running gateway: gone records are neither listed nor updated", async () => {
  await using folder = await temporaryFolder();
  for (const hints of [false, true]) {
    await using world = await createWorld({ data: `${folder.path}`, hints });
    const anna = await world.person(hints ? "anna" : "ben");
    using store = new DatabaseSync(`${folder.path}/mana.sqlite`);
    await pushInsert(world, anna, HABITS, "kept", { title: "Kept" });
    const backup = store.prepare("SELECT max(created_at) AS until FROM changes").get()?.until ?? null;
    await pushInsert(world, anna, HABITS, "gone", { title: "Gone" });
    assert.deepEqual((await titles(world, anna, "habits_list")).toSorted(), ["Gone", "Kept"]);
    world.clock.now += 60_000;
    assert.deepEqual((await titles(world, anna, "habits_list")).toSorted(), ["Gone", "Kept"]);

    // What a backup of then holds.
    store.prepare("DELETE FROM changes WHERE created_at > ?").run(backup);
    world.clock.now += LOG_ANCHOR_MS;
    await withoutPush(world, async () => {
      const message = await callRefused(world, anna, "habits_update", { id: "gone", title: "Still here" });
      assert.equal(message, notFound("habit", "gone"));
    });
    assert.deepEqual(await titles(world, anna, "habits_list"), ["Kept"]);
    await callOk(world, anna, "habits_create", { title: "New" });
    assert.deepEqual((await titles(world, anna, "habits_list")).toSorted(), ["Kept", "New"]);
  }
});
