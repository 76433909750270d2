import assert from "node:assert/strict";
import { CLIENT_DOCUMENT_FRESH_MS } from "../../sign_in/kit/limits.ts";
import { createFlow } from "../_support/flow.ts";
import { authorizeUrl, getCode, redeem, REDIRECT, tokensOf } from "../_support/oauth_flow.ts";

const ID = "https://client.example.org/oauth/metadata.json";

/** A flow with one host of documents, which answers what `answer` says. */
async function createDocumentFlow(answer: (url: string) => Response) {
  const calls: { url: string; init: RequestInit }[] = [];
  const flow = await createFlow({
    clientHosts: ["client.example.org"],
    fetch: (url, init) => {
      calls.push({ url, init });
      return Promise.resolve(answer(url));
    },
  });
  return { flow, calls };
}

const DOCUMENT = { client_id: ID, client_name: "Documented", redirect_uris: [REDIRECT] };
const json = (body: unknown, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { headers: { "content-type": "application/json", ...headers } });

Deno.test("document: a client is known by the URL that describes it", async () => {
  const { flow, calls } = await createDocumentFlow(() => json(DOCUMENT));
  await using _flow = flow;
  const anna = await flow.personWithBrowser("anna");
  const consent = await anna.open(authorizeUrl(ID));
  assert.match(consent.html, /client\.example\.org says that this is its app/);
  const first = await tokensOf(await redeem(flow, ID, await getCode(anna, ID)));
  const second = await tokensOf(await redeem(flow, ID, await getCode(anna, ID)));
  assert.notEqual(first.access, second.access);
  assert.equal(calls.length, 1);
  assert.equal(calls[0]?.url, ID);
  assert.equal(calls[0]?.init.redirect, "manual");
  flow.clock.now += CLIENT_DOCUMENT_FRESH_MS;
  await anna.open(authorizeUrl(ID));
  assert.equal(calls.length, 2);
  const metadata = await (await flow.auth("/.well-known/oauth-authorization-server")).json();
  assert.equal(metadata.client_id_metadata_document_supported, true);
});

Deno.test("document: only https, only a listed host by its name, in one spelling (SSRF)", async () => {
  const { flow, calls } = await createDocumentFlow((url) => json({ ...DOCUMENT, client_id: url }));
  await using _flow = flow;
  const anna = await flow.personWithBrowser("anna");
  for (
    const id of [
      "http://client.example.org/x",
      "https://other.example.org/x",
      "https://client.example.org.evil.test/x",
      "https://client.example.org:8443/x",
      "https://client.example.org@evil.test/x",
      "https://u:p@client.example.org/x",
      "https://client.example.org/",
      "https://client.example.org/a/../b",
      "https://client.example.org/x#y",
      "https://client.example.org/x?y",
      "https://CLIENT.example.org/x",
      "https://127.0.0.1/x",
      "https://[::1]/x",
      "https://169.254.169.254/latest/meta-data",
      "https://localhost/x",
      "https://",
    ]
  ) {
    const page = await anna.open(authorizeUrl(id));
    assert.equal(page.status, 400, id);
    assert.equal(page.leaves, undefined, id);
  }
  assert.equal(calls.length, 0);
});

Deno.test("document: what it has to be", async () => {
  const answers: Record<string, () => Response> = {
    "a redirect": () => new Response(null, { status: 302, headers: { location: "http://127.0.0.1/" } }),
    "an error": () => new Response("{}", { status: 500, headers: { "content-type": "application/json" } }),
    "no JSON type": () => json(DOCUMENT, { "content-type": "text/html" }),
    "no JSON": () => new Response("{", { headers: { "content-type": "application/json" } }),
    "too long": () => json({ ...DOCUMENT, padding: "x".repeat(9000) }),
    "another id": () => json({ ...DOCUMENT, client_id: `${ID}x` }),
    "a bad redirect": () => json({ ...DOCUMENT, redirect_uris: [REDIRECT, "javascript:x"] }),
    "no redirect": () => json({ client_id: ID }),
    "a secret": () => json({ ...DOCUMENT, token_endpoint_auth_method: "client_secret_basic" }),
    "nobody there": () => {
      throw new TypeError("Cannot connect");
    },
  };
  for (const [name, answer] of Object.entries(answers)) {
    const { flow } = await createDocumentFlow(answer);
    await using _flow = flow;
    const anna = await flow.personWithBrowser("anna");
    const page = await anna.open(authorizeUrl(ID));
    assert.equal(page.status, 400, name);
    assert.equal(page.leaves, undefined, name);
  }
});

Deno.test("document: off unless a host is named", async () => {
  let calls = 0;
  await using flow = await createFlow({ fetch: () => (calls += 1, Promise.resolve(json(DOCUMENT))) });
  const anna = await flow.personWithBrowser("anna");
  assert.equal((await anna.open(authorizeUrl(ID))).status, 400);
  assert.equal(calls, 0);
  const metadata = await (await flow.auth("/.well-known/oauth-authorization-server")).json();
  assert.equal(metadata.client_id_metadata_document_supported, undefined);
});
