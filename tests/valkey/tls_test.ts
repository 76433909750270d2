// TLS with a private authority, a user and a password: as one connection under rights for one host alone, and as a whole gateway.
import assert from "node:assert/strict";
import { z } from "zod";
import { freePort } from "../../scripts/stack/free_port.ts";
import { startGateway } from "../../scripts/stack/start_stack.ts";
import { newNodeSecret } from "../_support/nodes/served_nodes.ts";
import { temporaryFolder } from "../_support/temporary_folder.ts";
import { isValkeyInstalled, startValkey } from "../_support/valkey.ts";
import { makeAuthority, makeCertificate } from "../nginx/_certificate.ts";
import { clock } from "./_store.ts";

const ignore = !isValkeyInstalled();

/** A server with TLS alone, whose certificate a private authority has signed, and the file of the authority. */
async function startSecured() {
  await using started = new AsyncDisposableStack();
  const folder = started.use(await temporaryFolder());
  const root = await Deno.realPath(folder.path);
  const { authority, certificate, key } = await makeAuthority();
  const files = { authority, certificate, key, stranger: (await makeCertificate()).certificate };
  for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(`${root}/${name}.pem`, text);
  const valkey = started.use(
    await startValkey([
      "port 0",
      "tls-port PORT",
      `tls-cert-file ${root}/certificate.pem`,
      `tls-key-file ${root}/key.pem`,
      "tls-auth-clients no",
      // As docs/production.md says.
      "user gateway on >pass:word ~mm1:* &mm1:* +@all -@admin -@dangerous +info",
      "user default off",
    ]),
  );
  const running = started.move();
  return {
    port: valkey.port,
    trusted: { DENO_CERT: `${root}/authority.pem` },
    mistaken: { DENO_CERT: `${root}/stranger.pem` },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

Deno.test({
  name:
    "rediss: with a private authority in DENO_CERT; without it, with another one, under another name, and with a wrong password, the reason is clear",
  ignore,
  async fn() {
    await using secured = await startSecured();
    const connect = async (user: string, env: Record<string, string>, host = "127.0.0.1") => {
      const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "--quiet", "--cached-only", "--no-prompt", "--ignore-env"].concat(
          `--allow-net=${host}:${secured.port}`,
          "tests/valkey/_connect.ts",
          `rediss://${user}@${host}:${secured.port}/3`,
        ),
        env,
      }).output();
      return new TextDecoder().decode(stdout).trim() || new TextDecoder().decode(stderr);
    };
    const good = "gateway:pass%3Aword";
    assert.equal(await connect(good, secured.trusted), "up");
    assert.equal(await connect(good, {}), "certificate");
    assert.equal(await connect(good, secured.mistaken), "certificate");
    // Somebody who has a certificate of the same authority for another name is not the store.
    assert.equal(await connect(good, secured.trusted, "localhost"), "certificate");
    assert.equal(await connect("gateway:wrong", secured.trusted), "password");
  },
});

Deno.test({
  name:
    "a gateway with DENO_CERT shares a store behind a private authority, with no right more; without it, it says why not",
  ignore,
  async fn() {
    await using secured = await startSecured();
    const settings = {
      MANA_AUTH_URL: "http://127.0.0.1:1",
      MANA_SYNC_URL: "http://127.0.0.1:2",
      NODE_SECRET: newNodeSecret(),
      VALKEY_URL: `rediss://gateway:pass%3Aword@127.0.0.1:${secured.port}`,
    };
    for (const [env, expected] of [[secured.trusted, "up"], [{}, "certificate"]] as const) {
      const port = freePort();
      const gateway = startGateway({ env: { ...settings, ...env, PORT: String(port) } });
      try {
        await gateway.event("listening");
        if (expected === "up") {
          while (await storeAt(port) !== "up") {
            assert.ok(!gateway.lines().some((line) => line.includes('"certificate"')), "not trusted");
            await clock.wait(50);
          }
        } else {
          assert.equal((await gateway.event("store-degraded")).fault, expected);
          assert.equal(await storeAt(port), "degraded");
        }
        const health = await (await fetch(`http://127.0.0.1:${port}/health`)).text();
        assert.match(health, /"state":"confined"/);
      } finally {
        assert.equal(await gateway.stop(), 0);
      }
    }
  },
});

/** What a gateway says of the store; `/ready` keeps its answer for two seconds. */
async function storeAt(port: number): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}/ready`);
  return z.object({ store: z.string() }).parse(await answer.json()).store;
}
