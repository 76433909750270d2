/** The reading tools of every module answer, whatever fields a document keeps back: no output insists on a field of a record. */
import assert from "node:assert/strict";
import { tableColumns } from "../../lib/tool/tables/table_columns.ts";
import { MODULES } from "../../tools/modules.ts";
import { createConnected } from "../_support/connected.ts";
import { narrowApps } from "../_support/narrowed.ts";
import { connect } from "../_support/oauth_flow.ts";
import { bearer, signIn } from "../_support/test_backend.ts";
import type { GoldenCall } from "../golden/golden_row.ts";
import { DAY } from "../golden/rows/day.ts";
import { HOME } from "../golden/rows/home.ts";
import { LEARNING } from "../golden/rows/learning.ts";
import { LEISURE } from "../golden/rows/leisure.ts";
import { MONEY } from "../golden/rows/money.ts";
import { PEOPLE } from "../golden/rows/people.ts";
import { STUDIO } from "../golden/rows/studio.ts";
import { WELLBEING } from "../golden/rows/wellbeing.ts";

const ROWS = [DAY, HOME, LEARNING, LEISURE, MONEY, PEOPLE, STUDIO, WELLBEING].flat();
const rules = [...tableColumns().keys()].map((collection) => ({ collection, access: ["read"], fields: [] }));

Deno.test("every reading tool answers an app that may see nothing but ids", async () => {
  await using world = await createConnected({ RATE_LIMIT_READS: "100000", RATE_LIMIT_WRITES: "100000" });
  const anna = await signIn(world, "anna@mana.test");
  await (await world.auth("/api/v1/me/encryption-vault/init", { method: "POST", headers: bearer(anna) })).body
    ?.cancel();
  /** Ids of records by module. */
  const made = new Map<string, string[]>();
  for (const { before = [], create, unasked } of ROWS) {
    const ids: string[] = [];
    const run = async ({ tool, args }: GoldenCall) => {
      const { text } = await world.call(anna.token, tool, typeof args === "function" ? args(ids) : args);
      const id = /"structuredContent":.*?"id":"([^"]+)"/.exec(text)?.[1];
      if (typeof id === "string") ids.push(id);
    };
    if (unasked !== undefined) continue;
    for (const call of before) await run(call);
    if (create === undefined) continue;
    await run(create);
    const module = create.tool.split("_")[0] ?? "";
    made.set(module, [...made.get(module) ?? [], ...ids]);
  }
  const app = await connect(world, world.anna, { allow: MODULES.map(({ name }) => `${name}:read`) });
  narrowApps(world, { rules });
  const broken: string[] = [];
  let answered = 0;
  for (const { name: module, tools } of MODULES) {
    for (const { name, access } of tools) {
      if (access !== "read") continue;
      for (const id of [undefined, ...made.get(module) ?? []]) {
        const { text } = await world.call(app.access, name.replace(".", "_"), id === undefined ? {} : { id });
        if (text.includes("Something went wrong")) broken.push(`${name} ${id ?? ""}`);
        if (text.includes("structuredContent")) answered += 1;
      }
    }
  }
  assert.deepEqual(broken, []);
  assert.ok(answered > 80, String(answered));
});
