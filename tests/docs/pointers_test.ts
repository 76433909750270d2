import assert from "node:assert/strict";
import { brokenPointers } from "../_support/pointers.ts";

Deno.test("every test that docs/defects.md points to exists", async () => {
  const { found, broken } = await brokenPointers("docs/defects.md");
  assert.deepEqual(broken, []);
  assert.ok(found > 60, String(found));
});
