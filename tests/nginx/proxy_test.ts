import assert from "node:assert/strict";
import { z } from "zod";
import { connectLegacy, connectModern } from "../../scripts/demo/demo_client.ts";
import { print } from "../../scripts/print.ts";
import { META } from "../_support/mcp_request.ts";
import { eventsOf, listenRaw } from "../_support/event_stream.ts";
import { createFront } from "./_front.ts";
import { isInstalled, LIMIT_SECONDS } from "./_nginx.ts";

const installed = await isInstalled();
if (!installed) print("Not tested: the shipped nginx.conf, because /usr/sbin/nginx is not installed");

/** The whole product behind nginx, and a person's token. */
async function createProxied() {
  const front = await createFront();
  const gateway = new URL(`http://127.0.0.1:${front.nodePorts[0]}`);
  return { ...front, gateway, token: await front.signUp("demo") };
}

/** What comes back on a connection that was sent `text` and nothing more, until the other side ends it or has said `enough`. */
async function answerTo(port: number, text: string, enough?: string): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await connection.write(new TextEncoder().encode(text));
  const bytes = new Uint8Array(64 * 1024);
  const decoder = new TextDecoder();
  let answer = "";
  while (enough === undefined || !answer.includes(enough)) {
    const count = await connection.read(bytes).catch((error) => {
      if (error instanceof Deno.errors.ConnectionReset) return null; // `reset_timedout_connection`
      throw error;
    });
    if (count === null) break;
    answer += decoder.decode(bytes.subarray(0, count), { stream: true });
  }
  return answer;
}

const test = (name: string, run: (front: Awaited<ReturnType<typeof createProxied>>) => Promise<void>) =>
  Deno.test({
    name,
    ignore: !installed,
    fn: async () => {
      await using front = await createProxied();
      await run(front);
    },
  });

const Made = z.object({ note: z.object({ id: z.string() }) });
const Part = z.object({ note: z.object({ content: z.string() }), nextOffset: z.number().optional() });
const Spaces = z.object({ spaces: z.array(z.object({ id: z.string() })) });

test("nginx: both official clients work through it, and a note of 200 kB arrives as it was", async (front) => {
  for (const connect of [connectModern, connectLegacy]) {
    const client = await connect({ url: `${front.base}/mcp`, token: front.token });
    try {
      const content = "0123456789".repeat(20_000);
      const { id } = Made.parse(await client.call("notes_create", { title: "Long", content })).note;
      let whole = "";
      for (let offset: number | undefined = 0; offset !== undefined;) {
        const part = Part.parse(await client.call("notes_read", { id, offset }));
        whole += part.note.content;
        offset = part.nextOffset;
      }
      assert.ok(whole === content, `${whole.length} characters came back`);
    } finally {
      await client.close();
    }
  }
});

test("nginx: an event reaches its listener as it happens", async (front) => {
  const client = await connectModern({ url: `${front.base}/mcp`, token: front.token });
  try {
    const { spaces: [space] } = Spaces.parse(await client.call("spaces_list", {}));
    const notes = `mana://spaces/${space?.id}/notes`;
    const world = { gateway: { fetch: (request: Request) => fetch(request) } };
    await using events = eventsOf(await listenRaw(world, front.token, [notes], 7, `${front.base}/mcp`));
    assert.equal((await events.next())?.method, "notifications/subscriptions/acknowledged");
    await client.call("notes_create", { title: "New", content: "just now" });
    assert.equal(await events.updated(), notes);
  } finally {
    await client.close();
  }
});

test("nginx: a connection that says nothing, and one whose headers trickle, are ended by it", async (front) => {
  const silent = answerTo(front.port, "");
  const begun = answerTo(front.port, "POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nX-");
  assert.equal(await silent, "");
  assert.match(await begun, /^$|^HTTP\/1\.1 408 /);
  // A header that never stops coming: no single pause is longer than the limit, the whole of it is.
  using trickling = await Deno.connect({ hostname: "127.0.0.1", port: front.port });
  const isEnded = trickling.read(new Uint8Array(1024)).then(() => true, () => true);
  const pause = () =>
    new Promise<false>((resolve) => setTimeout(() => resolve(false), 1_000 * LIMIT_SECONDS / 10));
  await trickling.write(new TextEncoder().encode("POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nX-"));
  let letters = 0;
  while (!await Promise.race([isEnded, pause()])) {
    letters += 1;
    assert.ok(letters < 100, "nginx lets a header trickle");
    await trickling.write(new TextEncoder().encode("x")).catch(() => {});
  }
});

test("nginx: a body that stops is ended by it, and one without a token is answered before it has come", async (front) => {
  const head = (authorization: string) =>
    "POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n" +
    `Accept: application/json, text/event-stream\r\n${authorization}Content-Length: 100000\r\n\r\n{`;
  const stopped = answerTo(front.port, head(`Authorization: Bearer ${front.token}\r\n`));
  const nobody = await answerTo(front.port, head(""));
  assert.match(nobody, /^HTTP\/1\.1 401 /);
  assert.match(await stopped, /^$|^HTTP\/1\.1 408 /);
});

test("nginx: a request that offers h2c, as Java's client sends it, is a call like any other", async (front) => {
  const offering = (host: string) => {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list", params: { _meta: META } });
    return [
      "POST /mcp HTTP/1.1",
      `Host: ${host}`,
      `Content-Length: ${body.length}`,
      "Connection: Upgrade, HTTP2-Settings",
      "Upgrade: h2c",
      "HTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA",
      "Content-Type: application/json",
      "Accept: application/json, text/event-stream",
      "MCP-Protocol-Version: 2026-07-28",
      "Mcp-Method: tools/list",
      `Authorization: Bearer ${front.token}`,
      "",
      body,
    ].join("\r\n");
  };
  assert.match(
    await answerTo(front.port, offering(`127.0.0.1:${front.port}`), '"tools":['),
    /^HTTP\/1\.1 200 OK\r\n/,
  );
  // Without nginx, Deno refuses: tests/process/upgrade_test.ts.
  assert.match(await answerTo(Number(front.gateway.port), offering(front.gateway.host)), /^HTTP\/1\.1 400 /);
});

test("nginx: what a challenge points to is there, and probes are not", async (front) => {
  const refused = await fetch(`${front.base}/mcp`, { method: "POST", body: "{}" });
  await refused.body?.cancel();
  const [, address = ""] =
    /resource_metadata="([^"]+)"/.exec(refused.headers.get("www-authenticate") ?? "") ?? [];
  const metadata = await fetch(address);
  assert.equal((await metadata.json()).resource, `${front.base}/mcp`);
  for (const { headers } of [refused, metadata]) {
    assert.equal(headers.get("strict-transport-security"), "max-age=31536000");
  }
  for (const path of ["/health", "/ready", "/metrics", "/person/activity", "//person/activity"]) {
    const response = await fetch(front.base + path);
    await response.body?.cancel();
    assert.equal(response.status, 404, path);
  }
});
