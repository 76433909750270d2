import assert from "node:assert/strict";
import { exportJWK, generateKeyPair, SignJWT } from "@panva/jose";
import { z } from "zod";
import { TOOLS } from "../_support/modules.ts";
import { call, rpc, sendRaw } from "../_support/mcp.ts";
import { callHeaders, callMessage } from "../_support/mcp_request.ts";
import { createWorld } from "../_support/world.ts";
import { SERVICE_KEY } from "../_support/test_backend.ts";

const EVIL_IDS = [
  "../../../api/v1/admin",
  "..%2f..%2fadmin",
  "%2e%2e/%2e%2e/admin",
  "x?clientId=other&since=0",
  "x#fragment",
  "x\r\nX-Client-Id: other",
  "x\u0000y",
  "http://evil.test/",
  "//evil.test/x",
  "\\\\evil.test\\x",
  "user:pass@evil.test",
];
/** Every address that the gateway may ever ask in these tests. */
const KNOWN =
  /^http:\/\/(auth\.test\/api\/(auth\/jwks|auth\/organization\/list|v1\/me\/encryption-vault\/(key|status))|sync\.test\/sync\/[a-z]+(\/pull\?collection=[A-Za-z]+&since=[0-9TZ%A:.-]+|\/stream\?since=[0-9TZ%A:.-]+)?)$/;

Deno.test("path injection: ids of records and spaces never become a part of an address", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  for (const id of EVIL_IDS) {
    for (const name of ["todo_complete", "habits_archive"]) {
      const outcome = await call(world, anna, name, { id });
      assert.equal(outcome.ok, false);
    }
    if (/^[\x20-\x7e]*$/.test(id)) {
      const answer = await rpc(world, anna, "tools/list", {}, { headers: { "x-mana-space": id } });
      assert.ok([400, 403].includes(answer.status), `${answer.status} for ${id}`);
    }
  }
  for (const { url } of world.upstreamCalls) assert.match(url, KNOWN);
});

Deno.test("path injection: a subject that climbs or splits an address stays one segment of it", async () => {
  const { publicKey, privateKey } = await generateKeyPair("EdDSA", { crv: "Ed25519", extractable: true });
  const jwk = { ...await exportJWK(publicKey), kid: "k1" };
  for (const sub of [...EVIL_IDS, ".", "..", "%2e%2e", "a/../b"]) {
    await using world = await createWorld({ env: { MANA_SERVICE_KEY: SERVICE_KEY } });
    world.intercept = ({ url }) =>
      url.endsWith("/jwks")
        ? Response.json({ keys: [jwk] })
        : url.endsWith("/organization/list")
        ? new Response("", { status: 401 })
        : Response.json({ memberships: [] });
    const seconds = Math.floor(world.clock.now / 1000);
    const token = await new SignJWT({ sub, iss: "http://auth.test", aud: "mana", exp: seconds + 900 })
      .setProtectedHeader({ alg: "EdDSA", kid: "k1" }).sign(privateKey);
    await sendRaw(world, callHeaders(token, "spaces_list"), JSON.stringify(callMessage("spaces_list", {})));
    for (const { url } of world.upstreamCalls) {
      const { host, pathname, search, hash } = new URL(url);
      assert.equal(host, "auth.test");
      if (!pathname.includes("/internal/")) continue;
      assert.match(pathname, /^\/api\/v1\/internal\/users\/[^/]+\/memberships$/, sub);
      assert.deepEqual([search, hash], ["", ""]);
    }
    assert.equal(
      world.upstreamCalls.some(({ url }) => url.includes("/internal/")),
      sub !== "." && sub !== "..",
    );
  }
});

Deno.test("ReDoS on inputs: every input with a pattern answers at once, however hostile the text", async () => {
  const schema = z.object({ properties: z.record(z.string(), z.unknown()).default({}) });
  const patterned = TOOLS.flatMap((tool) =>
    Object.entries(schema.parse(tool.inputSchema).properties)
      .filter(([name, property]) =>
        /"pattern"|"format"/.test(JSON.stringify(property)) || /[dD]ate$/.test(name)
      )
      .map(([name]) => ({ tool: tool.name, name }))
  );
  assert.ok(patterned.length >= 5, JSON.stringify(patterned));
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  await call(world, anna, "habits_list");
  const hostile = [
    "#".repeat(200_000),
    "a".repeat(200_000) + "!",
    "0-".repeat(100_000),
    " ".repeat(200_000),
    "2026-".repeat(40_000),
  ];
  for (const { tool, name } of patterned) {
    for (const text of hostile) {
      const started = performance.now();
      const outcome = await call(world, anna, tool, { title: "t", content: "c", id: "x", [name]: text });
      assert.equal(outcome.ok, false);
      // A few milliseconds on any machine; a pattern that goes back over such a text takes minutes.
      assert.ok(performance.now() - started < 10_000, `${tool} ${name}`);
    }
  }
});

Deno.test("log injection: line breaks and terminal codes in whatever a caller sends make no line and no colour", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const evil = 'x\n{"level":"error","event":"forged"}\r\n\x1b[31mred\x1b[0m\u2028\u0085';
  await call(world, anna, "todo_create", { title: evil, description: evil });
  await call(world, anna, "todo_complete", { id: evil, [evil]: evil });
  await rpc(world, anna, "tools/call", { name: "todo.create\n", arguments: {} });
  const meta = { "io.modelcontextprotocol/clientInfo": { name: evil, version: evil }, traceparent: evil };
  const body = JSON.stringify(callMessage("todo_list", {}, meta));
  const sent = await sendRaw(world, callHeaders(anna.token, "todo_list"), body);
  assert.equal(sent.status, 200, sent.text);
  assert.ok(world.logLines.length >= 3);
  for (const line of world.logLines) {
    // deno-lint-ignore no-control-regex -- control characters are the point
    assert.equal(/[\x00-\x1f\x7f-\x9f\u2028\u2029]/.test(line), false, line);
    assert.notEqual(JSON.parse(line).event, "forged");
    assert.equal(line.includes("forged") || line.includes("[31m"), false, line);
  }
});
