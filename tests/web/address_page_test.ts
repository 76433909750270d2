import assert from "node:assert/strict";
import { createWorld, type WorldOptions } from "../_support/world.ts";

/** What Chromium, Firefox and Safari send for an address that somebody pasted. */
const BROWSERS = [
  "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7",
  "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
  "text/html",
];

/** What MCP clients send, and other programs. */
const PROGRAMS = [
  "text/event-stream",
  "application/json, text/event-stream",
  "text/html, application/json",
  "text/html, text/event-stream;q=0.5",
  "text/html;q=0.9, */*",
  "text/html;q=0",
  "text/html;q=high",
  "*/*",
  "",
];

async function asker(options: WorldOptions = {}) {
  const world = await createWorld(options);
  const ask = async (accept: string, init: RequestInit & { path?: string } = {}) => {
    const headers = new Headers(init.headers);
    if (accept !== "") headers.set("accept", accept);
    const answer = await world.gateway.fetch(
      new Request(`http://gateway.test${init.path ?? "/mcp"}`, { ...init, headers }),
    );
    const challenge = answer.headers.get("www-authenticate");
    const { status } = answer;
    return { status, challenge, headers: answer.headers, text: await answer.text() };
  };
  return { ask, world, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() };
}

Deno.test("a person who opens the address of the endpoint in a browser is told what it is for, with a way home", async () => {
  await using gateway = await asker();
  const told = await gateway.ask("application/json");
  assert.equal(told.status, 401);
  for (const accept of BROWSERS) {
    const page = await gateway.ask(accept);
    // Assistants find the sign-in by the two, and some ask as a browser does.
    assert.deepEqual([page.status, page.challenge], [told.status, told.challenge], accept);
    assert.match(page.challenge ?? "", /^Bearer realm="mana".*resource_metadata="/);
    assert.equal(page.headers.get("content-type"), "text/html; charset=utf-8");
    assert.match(page.text, /<h1>This address is for assistants<\/h1>/);
    assert.match(page.text, /<code>http:\/\/gateway\.test\/mcp<\/code>/);
    assert.match(page.text, /Sign in there, and choose what it may do\./);
    assert.match(page.text, /<p class="next"><a href="\/">See the steps for your assistant<\/a>/);
  }
});

Deno.test("the page at the endpoint is held as tightly as every page, and repeats nothing that it was sent", async () => {
  await using gateway = await asker();
  const { headers, text } = await gateway.ask("text/html", {
    path: "/mcp?profile=zzz%3Cb%3E&state=zzz",
    headers: { cookie: "zzz=1", "x-mana-space": "zzz", "user-agent": "zzz", referer: "http://zzz.test/" },
  });
  const policy = headers.get("content-security-policy") ?? "";
  const nonce = /style-src 'nonce-([0-9a-f]+)'/.exec(policy)?.[1];
  assert.ok(nonce && text.includes(`<style nonce="${nonce}">`));
  assert.match(policy, /default-src 'none'.*form-action 'none'.*frame-ancestors 'none'/);
  assert.equal(headers.get("x-content-type-options"), "nosniff");
  assert.equal(headers.get("cache-control"), "no-store");
  assert.ok(!text.includes("zzz") && !text.includes("<script"));
});

Deno.test("a HEAD of a browser gets the page's headers with the status of every HEAD, and no body", async () => {
  await using gateway = await asker();
  const plain = await gateway.ask("*/*", { method: "HEAD" });
  const head = await gateway.ask("text/html", { method: "HEAD" });
  assert.deepEqual([head.status, head.headers.get("allow")], [plain.status, plain.headers.get("allow")]);
  assert.deepEqual([head.status, head.headers.get("allow")], [405, "POST, GET, DELETE"]);
  assert.deepEqual([head.headers.get("content-type"), head.text], ["text/html; charset=utf-8", ""]);
});

Deno.test("whoever names a stream or JSON, wants something else more, brings a token or sends a message gets the refusal as ever", async () => {
  await using gateway = await asker();
  const told = await gateway.ask("application/json");
  for (const accept of PROGRAMS) {
    const refusal = await gateway.ask(accept);
    assert.deepEqual([refusal.text, refusal.challenge], [told.text, told.challenge], accept);
    assert.equal(refusal.headers.get("content-type"), "application/json", accept);
  }
  const others: readonly RequestInit[] = [
    { headers: { authorization: "Bearer a.b.c" } },
    { headers: { authorization: "Basic YTpi" } },
    { method: "POST", body: "{}" },
    { method: "DELETE" },
    { method: "PUT", body: "{}" },
  ];
  for (const init of others) {
    const refusal = await gateway.ask("text/html", init);
    assert.equal(refusal.headers.get("content-type"), "application/json", JSON.stringify(init));
    assert.match(refusal.text, /^\{"jsonrpc":"2\.0","error":/);
  }
});

Deno.test("below the path of the public address, the page at the endpoint leads to the home page there", async () => {
  await using gateway = await asker({
    env: { PUBLIC_URL: "https://mana.test/mana", ALLOWED_HOSTS: "gateway.test" },
  });
  for (const path of ["/mcp", "/mana/mcp"]) {
    const { text } = await gateway.ask("text/html", { path });
    assert.match(text, /<code>https:\/\/mana\.test\/mana\/mcp<\/code>/);
    assert.match(text, /<a href="\/mana\/">See the steps/);
  }
});

Deno.test("where no assistant can sign a person in, the page at the endpoint promises no window", async () => {
  await using gateway = await asker();
  const { world } = gateway;
  world.intercept = ({ url }) =>
    /\/\.well-known\/(oauth-authorization-server|openid-configuration)/.test(url)
      ? new Response("404", { status: 404 })
      : undefined;
  // Whoever reads the metadata makes the gateway look.
  await gateway.ask("*/*", { path: "/.well-known/oauth-protected-resource/mcp" });
  const { status, challenge, text } = await gateway.ask("text/html");
  assert.deepEqual([status, challenge], [401, 'Bearer realm="mana"']);
  assert.match(text, /Nobody can sign in from the assistant here, so it needs your own token/);
  assert.ok(!text.includes("Sign in there"));
});
