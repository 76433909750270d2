import assert from "node:assert/strict";
import { createFlow } from "../_support/flow.ts";
import { createWorld } from "../_support/world.ts";

const PICTURES = {
  "/icon.svg": ["image/svg+xml", "<svg "],
  "/favicon.ico": ["image/vnd.microsoft.icon", "\0\0\x01\0\x02\0"],
  "/apple-touch-icon.png": ["image/png", "\x89PNG\r\n"],
} as const;

/** Asserts that the mark is there for everybody: small, kept by browsers, and nothing that could run. */
async function assertIcons(ask: (path: string) => Promise<Response>): Promise<void> {
  for (const [path, [type, begins]] of Object.entries(PICTURES)) {
    const answer = await ask(path);
    assert.equal(answer.status, 200, path);
    assert.equal(answer.headers.get("content-type"), type);
    assert.equal(answer.headers.get("cache-control"), "public, max-age=86400");
    assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
    assert.match(answer.headers.get("content-security-policy") ?? "", /default-src 'none'.*sandbox/);
    const bytes = await answer.bytes();
    assert.deepEqual(
      bytes.slice(0, begins.length),
      Uint8Array.from(begins, (one) => one.charCodeAt(0)),
      path,
    );
    assert.ok(bytes.length < 5_000, `${path}: ${bytes.length} bytes`);
  }
}

Deno.test("gateway: the mark is where browsers and chat apps look, at the root and below the public path", async () => {
  await using world = await createWorld({
    env: { PUBLIC_URL: "https://mana.test/mana", ALLOWED_HOSTS: "mana.test" },
  });
  for (const base of ["https://mana.test", "https://mana.test/mana"]) {
    await assertIcons((path) => world.gateway.fetch(new Request(base + path)));
  }
});

Deno.test("sign-in server: the mark is there for somebody who is not signed in", async () => {
  await using flow = await createFlow();
  await assertIcons((path) => flow.auth(path));
});

Deno.test("gateway: a person who opens an address that leads nowhere gets a page with a way on, a program JSON", async () => {
  await using world = await createWorld({
    env: { PUBLIC_URL: "https://mana.test/mana", ALLOWED_HOSTS: "mana.test" },
  });
  const ask = (accept: string, method = "GET") =>
    world.gateway.fetch(new Request("https://mana.test/mana/nothing", { method, headers: { accept } }));
  const page = await ask("text/html,application/xhtml+xml");
  assert.equal(page.status, 404);
  const html = await page.text();
  assert.match(html, /<h1>There is no such page<\/h1>/);
  assert.match(html, /<a href="\/mana\/">See how to connect an assistant<\/a>/);
  assert.match(html, /<link rel="icon" href="\/mana\/icon\.svg"/);
  const nonce = /style-src 'nonce-([0-9a-f]+)'/.exec(page.headers.get("content-security-policy") ?? "")?.[1];
  assert.ok(nonce && html.includes(`<style nonce="${nonce}">`));
  assert.match(page.headers.get("content-security-policy") ?? "", /default-src 'none'.*img-src 'self'/);
  for (
    const [accept, method] of [["application/json", "GET"], ["*/*", "GET"], ["text/html", "POST"]] as const
  ) {
    const answer = await ask(accept, method);
    assert.deepEqual([answer.status, answer.headers.get("content-type")], [404, "application/json"], accept);
    assert.match(await answer.text(), /the MCP endpoint is/);
  }
});
