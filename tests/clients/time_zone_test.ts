/** In whose days a connected app counts: argument, header, grant, UTC. */
import assert from "node:assert/strict";
import { INTROSPECTION_CACHE_MS } from "../../lib/kit/limits.ts";
import { type Connected, createConnected, tellOfGrant } from "../_support/connected.ts";
import { legacyRequest, messagesOf, modernRequest } from "../_support/mcp_request.ts";
import { connect, RESOURCE } from "../_support/oauth_flow.ts";

/** Day and zone of a diary entry of today, in every era and on every path; it must be one. */
async function today(
  world: Connected,
  token: string,
  args: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): Promise<string> {
  const params = { name: "journal_add", arguments: { content: "x", ...args } };
  const found = new Set<string>();
  for (const gateway of [world.gateway, world.sdkOnly]) {
    for (const request of [modernRequest, legacyRequest]) {
      const response = await gateway.fetch(request(token, "tools/call", params, { headers, url: RESOURCE }));
      const [, day, zone] = /"entryDate":"([^"]+)".*"timeZone":"([^"]+)"/s.exec(
        JSON.stringify((await messagesOf(response))[0]?.["result"]).replaceAll("\\", ""),
      ) ?? [];
      found.add(`${day} ${zone}`);
    }
  }
  assert.equal(found.size, 1, [...found].join());
  return [...found].join();
}

Deno.test("the grant's zone says where today is, after the argument and the header, without a request for it", async () => {
  await using world = await createConnected({ RATE_LIMIT_WRITES: "0" });
  world.clock.now = Date.parse("2026-03-01T12:00:00.000Z");
  const { access } = await connect(world, world.anna, {}, {});
  tellOfGrant(world, { zoneinfo: "Pacific/Kiritimati" });
  const header = { "x-mana-time-zone": "Pacific/Niue" };
  assert.equal(await today(world, access), "2026-03-02 Pacific/Kiritimati");
  assert.equal(await today(world, access, {}, header), "2026-03-01 Pacific/Niue");
  assert.equal(await today(world, access, { timeZone: "Asia/Tokyo" }, header), "2026-03-01 Asia/Tokyo");
  const asked = world.upstreamCalls.filter(({ url }) =>
    url.includes("/oauth") || url.includes("/organization")
  );
  // Two gateways ask once each whether the grant stands, exchange its token once, and ask for the spaces once.
  assert.equal(asked.length, 6, asked.map(({ url }) => url).join());
});

Deno.test("a zone that is none is passed over, and access stands", async () => {
  await using world = await createConnected({ RATE_LIMIT_WRITES: "0" });
  const { access } = await connect(world, world.anna);
  for (
    const zoneinfo of [
      "Mars/Base",
      "",
      7,
      null,
      undefined,
      "x".repeat(200_000),
      "2026-03-01T00:00[Asia/Tokyo]",
      ["UTC"],
    ]
  ) {
    tellOfGrant(world, { zoneinfo });
    world.clock.now += INTROSPECTION_CACHE_MS;
    assert.match(await today(world, access), / UTC$/, String(zoneinfo).slice(0, 20));
  }
});
