// What the processes answer where the Host header, or an address in the request line, makes no address: the runtime hands both on unchecked.
import assert from "node:assert/strict";
import { z } from "zod";
import { startBackend, startGateway, startSignIn } from "../../scripts/stack/start_stack.ts";
import { temporaryFolder } from "../_support/temporary_folder.ts";

const Backend = z.object({ auth: z.string(), sync: z.string() });
const SignIn = z.object({ url: z.string() });

/** The whole answer to a GET with a target or a Host header that no client of HTTP would send. */
async function ask(at: string, path: string, host: string): Promise<string> {
  const { hostname, port } = new URL(at);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  await connection.write(
    new TextEncoder().encode(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`),
  );
  let text = "";
  const decoder = new TextDecoder();
  const bytes = new Uint8Array(16_384);
  for (let count; (count = await connection.read(bytes)) !== null;) {
    text += decoder.decode(bytes.subarray(0, count), { stream: true });
  }
  return text;
}

async function assertClean(at: string, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    for (const host of ["127.0.0.1:70000", "[::1", "two words"]) {
      const answer = await ask(at, path, host);
      assert.match(answer, /^HTTP\/1\.1 400 /, `${path} ${host}`);
      assert.match(
        answer,
        /The Host header is no host and port: send the host of the address that you call\.$/,
      );
    }
    assert.doesNotMatch(await ask(at, path, "127.0.0.1:65535"), /^HTTP\/1\.1 5|The Host header/, path);
  }
}

Deno.test("a Host header that makes no address is the caller's fault at the sign-in server and at the embedded services", async () => {
  await using folder = await temporaryFolder();
  const env = { BACKEND_PORT: "0", BACKEND_SYNC_PORT: "0" };
  const backend = startBackend({ data: `${folder.path}/backend`, firstPerson: "demo@mana.test", env });
  try {
    const { auth, sync } = Backend.parse(await backend.event("listening"));
    await assertClean(auth, ["/sign-in", "/health", "/activity", "/api/auth/oauth2/authorize?client_id=x"]);
    await assertClean(sync, ["/health", "/nothing"]);
    const signIn = startSignIn({
      env: {
        SIGN_IN_PORT: "0",
        SIGN_IN_DATA: `${folder.path}/sign-in`,
        SIGN_IN_SERVICE_KEY: "a-service-key-of-32-characters-or-more",
        MANA_AUTH_URL: auth,
        MANA_MCP_RESOURCE: "http://127.0.0.1:3069/mcp",
      },
    });
    try {
      const { url } = SignIn.parse(await signIn.event("listening"));
      await assertClean(url, ["/sign-in", "/sign-up", "/health", "/.well-known/oauth-authorization-server"]);
    } finally {
      assert.equal(await signIn.stop(), 0);
    }
  } finally {
    assert.equal(await backend.stop(), 0);
  }
});

Deno.test("a request line with an address that makes no URL is refused by the gateway, before and after a usual request", async () => {
  const gateway = startGateway({
    env: { PORT: "0", MANA_AUTH_URL: "http://127.0.0.1:1", MANA_SYNC_URL: "http://127.0.0.1:2" },
  });
  try {
    const { url } = z.object({ url: z.string() }).parse(await gateway.event("listening"));
    const { host, origin } = new URL(url);
    for (let round = 0; round < 2; round++) {
      for (
        const target of ["http://127.0.0.1:70000/mcp", "http://[::1/mcp", "http://127.0.0.1:70000/health"]
      ) {
        const answer = await ask(origin, target, host);
        assert.match(answer, /^HTTP\/1\.1 403 /, target);
        assert.match(answer, /host-not-allowed/);
      }
      assert.match(await ask(origin, `${origin}/health`, host), /^HTTP\/1\.1 200 /);
      assert.match(await ask(origin, "/mcp", host), /^HTTP\/1\.1 401 /);
      assert.match(await ask(origin, "/mcp", ""), /^HTTP\/1\.1 403 /);
    }
  } finally {
    assert.equal(await gateway.stop(), 0);
  }
});
