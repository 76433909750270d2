import assert from "node:assert/strict";

/** What Deno answers to a request with these headers, and whether its handler was called. */
async function ask(method: string, headers: readonly string[], body: string) {
  let isHandled = false;
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => {
    isHandled = true;
    return new Response("answer", { headers: { connection: "close" } });
  });
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: server.addr.port });
  const head = [`${method} / HTTP/1.1`, "Host: 127.0.0.1", ...headers];
  await connection.write(new TextEncoder().encode(`${head.join("\r\n")}\r\n\r\n${body}`));
  const bytes = new Uint8Array(1024);
  const answer = new TextDecoder().decode(bytes.subarray(0, await connection.read(bytes) ?? 0));
  return { status: Number(answer.split(" ")[1]), isHandled };
}

Deno.test("Deno refuses a body that comes with an offer to upgrade before our code: once it does not, docs/deploy/upgrade.md is over", async () => {
  const upgrade = ["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c"];
  const refused = { status: 400, isHandled: false };
  const served = { status: 200, isHandled: true };
  assert.deepEqual(await ask("POST", [...upgrade, "Content-Length: 2"], "{}"), refused);
  assert.deepEqual(await ask("POST", [...upgrade, "Content-Length: 0"], ""), refused);
  assert.deepEqual(await ask("POST", [...upgrade, "Transfer-Encoding: chunked"], "0\r\n\r\n"), refused);
  assert.deepEqual(await ask("GET", upgrade, ""), served);
  assert.deepEqual(await ask("POST", ["Upgrade: h2c", "Content-Length: 2"], "{}"), served);
  assert.deepEqual(await ask("POST", ["Connection: Upgrade", "Content-Length: 2"], "{}"), served);
});
