import assert from "node:assert/strict";
import { inspect } from "node:util";
import { hide, hideStrictly, type Secret } from "../../lib/kit/secret.ts";

const VALUE = "MARK-secret-value";

/** Every way in which a value usually ends up in a line of text. */
const LEAKS: Readonly<Record<string, (secret: Secret<string>) => unknown>> = {
  "a template": (secret) => `${secret}`,
  "concatenation": (secret) => "token: " + secret,
  "String()": (secret) => String(secret),
  "toString()": (secret) => secret.toString(),
  "valueOf()": (secret) => secret.valueOf(),
  "join()": (secret) => [secret, 1].join(),
  "JSON.stringify": (secret) => JSON.stringify({ secret }),
  "Deno.inspect": (secret) => Deno.inspect({ secret }, { depth: 9, showHidden: true }),
  "node:util inspect": (secret) => inspect({ secret }, { depth: 9, showHidden: true }),
  "a property key": (secret) => JSON.stringify({ [String(secret)]: 1 }),
  "an error message": (secret) => new Error(`${secret}`).message,
  "a URL": (secret) => new URL(`http://x.test/${secret}`).href,
  "a header": (secret) => [...new Headers([["x-y", `${secret}`]])].join(),
};

for (const [name, leak] of Object.entries(LEAKS)) {
  Deno.test(`a secret is not told by ${name}: redacted in production, an error in tests`, () => {
    const shown = JSON.stringify(leak(hide(VALUE)));
    assert.equal(shown.includes(VALUE), false);
    assert.match(shown, /secret/);
    // Formatters of nested values catch the error and show its message in place of the value.
    const strictly = () => {
      throw new TypeError(String(leak(hideStrictly(VALUE))));
    };
    assert.throws(strictly, (error) => {
      assert.ok(error instanceof TypeError && !error.message.includes(VALUE));
      return /Cannot turn a secret into text: reveal\(\)/.test(error.message);
    });
  });
}

Deno.test("a secret shows nothing to spreading, keys, assignment, cloning and messaging", async () => {
  for (const secret of [hide(VALUE), hideStrictly(VALUE)]) {
    assert.deepEqual(Reflect.ownKeys(secret), []);
    assert.deepEqual({ ...secret }, {});
    assert.deepEqual(Object.assign({}, secret), {});
    assert.equal(Object.isFrozen(secret), true);
    const cloned: unknown = structuredClone(secret);
    assert.equal(Deno.inspect(cloned, { showHidden: true, depth: 9 }).includes(VALUE), false);
    assert.equal(typeof Reflect.get(Object(cloned), "reveal"), "undefined");
    const { port1, port2 } = new MessageChannel();
    const received = Promise.withResolvers<unknown>();
    port2.onmessage = ({ data }) => received.resolve(data);
    port1.postMessage({ secret });
    assert.equal(Deno.inspect(await received.promise, { depth: 9 }).includes(VALUE), false);
    port1.close();
    port2.close();
  }
});

Deno.test("a secret is read in one way only, and compared without being read", () => {
  const secret = hideStrictly(VALUE);
  assert.equal(secret.reveal(), VALUE);
  assert.equal(secret.equals(hideStrictly(VALUE)), true);
  assert.equal(secret.equals(hideStrictly("another")), false);
});

Deno.test("reveal() is called only where a service, a key or a tool takes the value", async () => {
  const found: string[] = [];
  const walk = async (folder: string) => {
    for await (const entry of Deno.readDir(folder)) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory) await walk(path);
      else if (/\.reveal\(\)/.test(await Deno.readTextFile(path))) found.push(path);
    }
  };
  await walk("lib");
  await walk("tools");
  const allowed = [
    "lib/calls/call_log.ts", // the keyed digest
    "lib/calls/call_site.ts", // the policy gate and the tool
    "lib/calls/clients_own_arguments.ts", // leaving out what a client adds for itself
    "lib/calls/use_reports.ts", // the gateway's own key, for the auth service
    "lib/http/bearer.ts", // whether a token has the form of a JWS
    "lib/nodes/node_keys.ts", // deriving the keys that nodes share
    "lib/nodes/valkey_client.ts", // the password in VALKEY_URL, for the store
    "lib/people/introspection.ts", // a token and the gateway's own key, for the auth service
    "lib/people/page_tokens.ts", // verifying a page token
    "lib/people/principal.ts", // the header of a request to a service
    "lib/people/token_exchange.ts", // a token and the gateway's own key, for the auth service
    "lib/people/verified_tokens.ts", // the digest that finds a token again
    "lib/people/verifier.ts", // verifying a token
    "lib/sealing/master_key.ts", // importing the master key
    "lib/spaces/fetch_directory.ts", // the gateway's own key, for the auth service
    "lib/spaces/spaces.ts", // the key of a look-up under way, for as long as it is
  ];
  assert.deepEqual(found.sort(), allowed);
});
