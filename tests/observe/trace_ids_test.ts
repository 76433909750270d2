import assert from "node:assert/strict";
import { createTraceIds } from "../../lib/observe/trace_ids.ts";

Deno.test("trace ids are 32 hex digits, each made of random bytes of its own", () => {
  let fills = 0;
  const newTraceId = createTraceIds((bytes) => {
    fills += 1;
    crypto.getRandomValues(bytes);
  });
  const ids = Array.from({ length: 1_000 }, newTraceId);
  assert.ok(ids.every((id) => /^[0-9a-f]{32}$/.test(id)));
  assert.equal(new Set(ids).size, ids.length);
  assert.ok(fills > 1 && fills < 10, `${fills} calls for random bytes`);
});
