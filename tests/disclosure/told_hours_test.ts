/** What a gateway tells others of a grant's use stays in the form of the ledger, whatever the clocks of others said. */
import assert from "node:assert/strict";
import { GrantUse } from "../../lib/disclosure/grant_use.ts";
import { parseBody } from "../../lib/ledger/ledger_body.ts";

Deno.test("a day of use is told in 25 hours at most, also where the clock of another gateway is ahead", () => {
  const hour = 3_600_000;
  const now = 500_000 * hour + 1;
  const use = new GrantUse({ left: 10 });
  for (let ago = -2; ago <= 24; ago++) use.add(500_000 - ago, { records: 1, fields: 1, bytes: 1 });
  const hours = use.hours(now);
  assert.deepEqual([hours.length, hours[0]?.[0], hours.at(-1)?.[0]], [25, 500_002 - 24, 500_002]);
  const window = { g: { hours, others: 0, private: [] } };
  assert.ok(parseBody(JSON.stringify({ at: now, entries: [], seen: {}, grants: {}, window })));
});
