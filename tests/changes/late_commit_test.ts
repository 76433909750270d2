import assert from "node:assert/strict";
import { z } from "zod";
import { HABITS, push, pushInsert, stampAt } from "../_support/device.ts";
import { titles } from "../_support/listed.ts";
import { createWorld, type Person, type World } from "../_support/world.ts";

const Page = z.looseObject({ serverChanges: z.array(z.looseObject({})) });

/** Rows with this in them have begun and not committed: the service has given them their time and shows them to nobody. */
function hideFromPulls(world: World, text: string): { commit(): void } {
  let isHidden = true;
  world.intercept = async (request) => {
    if (!isHidden || !request.url.includes("/pull")) return undefined;
    const answer = await world.backend.sync.fetch(request);
    const page = Page.parse(await answer.json());
    const serverChanges = page.serverChanges.filter((row) => !JSON.stringify(row).includes(text));
    return Response.json({ ...page, serverChanges });
  };
  return { commit: () => void (isHidden = false) };
}

async function rename(world: World, anna: Person, title: string, at: string): Promise<void> {
  const fields = { title: { value: title, at } };
  await push(world, anna, HABITS, [{ id: "h1", op: "update", spaceId: anna.personalSpace, fields }]);
}

Deno.test("a change that commits late keeps its place in the log: on equal stamps the later of the log still wins", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await pushInsert(world, anna, HABITS, "h1", { title: "as made" });
  const at = stampAt(world);
  await rename(world, anna, "first in the log", at);
  await rename(world, anna, "second in the log", at);
  const late = hideFromPulls(world, "first in the log");
  assert.deepEqual(await titles(world, anna, "habits_list"), ["second in the log"]);
  late.commit();
  assert.deepEqual(await titles(world, anna, "habits_list"), ["second in the log"]);
});

Deno.test("a hard delete that commits late takes nothing away that the log has after it", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await pushInsert(world, anna, HABITS, "h1", { title: "as made" });
  const spaceId = anna.personalSpace;
  await push(world, anna, HABITS, [{ id: "h1", op: "delete", spaceId }]);
  await pushInsert(world, anna, HABITS, "h1", { title: "made again" });
  const late = hideFromPulls(world, '"op":"delete"');
  assert.deepEqual(await titles(world, anna, "habits_list"), ["made again"]);
  late.commit();
  assert.deepEqual(await titles(world, anna, "habits_list"), ["made again"]);
});
