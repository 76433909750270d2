// How somebody connects an app: what the app finds, what the person sees, what the app is given.
import assert from "node:assert/strict";
import { z } from "zod";
import type { Page } from "../../_support/browser.ts";
import { modernRequest } from "../../_support/mcp_request.ts";
import {
  allow,
  authorizeUrl,
  decode,
  redeem,
  register,
  returned,
  tokensOf,
} from "../../_support/oauth_flow.ts";
import { submitPassword } from "../../_support/remote_world.ts";
import type { Step } from "../step.ts";
import { metadataAddress, type Visit } from "../visit.ts";

/** The steps. */
export function connectingSteps(): readonly Step[] {
  let page: Page | undefined;
  let code: string | null = null;
  const now = () => {
    assert.ok(page);
    return page;
  };
  return [
    {
      says:
        "Without a token, the gateway's challenge and its metadata name the sign-in server and nobody else",
      run: findSignInServer,
    },
    {
      says: "The sign-in server describes itself under that name as an authorization server with PKCE",
      run: readMetadata,
    },
    {
      says: "An app registers itself, without a secret",
      async run(visit) {
        const registered = await register(visit.door);
        assert.equal(registered.client_secret, undefined);
        visit.app.clientId = registered.client_id;
      },
    },
    {
      says: "The app sends the person's browser to a sign-in page, which says which app waits",
      async run({ browser, app, at }) {
        page = await browser.open(authorizeUrl(app.clientId, { resource: at.mcpUrl }));
        assert.equal(new URL(page.url).pathname, "/sign-in", page.html);
        assert.match(page.html, /Test app/);
        assert.doesNotMatch(page.html, /href="\/sign-up/, "accounts are made at the auth service");
      },
    },
    {
      says: "A wrong password is refused in words, and the app goes on waiting",
      async run({ browser, at }) {
        page = await browser.submit(now(), "/sign-in", {
          email: at.person.email,
          password: "not the password",
        });
        assert.equal(new URL(page.url).pathname, "/sign-in");
        assert.match(page.html, /password/i);
        assert.match(page.html, /Test app/);
        assert.doesNotMatch(page.html, /not the password/);
      },
    },
    {
      says: "The right password leads to the question what the app may do, with the person's spaces",
      async run(visit) {
        page = await submitPassword(visit.browser, now(), visit.at.person);
        assert.equal(new URL(page.url).pathname, "/consent", page.html);
        assert.match(page.html, /Test app/);
        assert.doesNotMatch(page.html, new RegExp(visit.at.person.password));
      },
    },
    {
      says: "The person allows it, and the browser brings the app a code",
      async run({ browser }) {
        code = returned(await allow(browser, now(), { zone: "Europe/Vienna" })).get("code");
        assert.ok(code);
      },
    },
    {
      says: "The code becomes tokens, for this gateway alone and in the person's name",
      async run(visit) {
        assert.ok(code !== null);
        const { app, at } = visit;
        Object.assign(app, await tokensOf(await redeem(visit.door, app.clientId, code)));
        const { header, claims } = decode(app.access);
        assert.deepEqual([header.typ, claims.iss, claims.aud], ["at+jwt", at.signInUrl, at.mcpUrl]);
      },
    },
  ];
}

async function findSignInServer({ at }: Visit): Promise<void> {
  const refused = await at.toGateway(modernRequest(null, "tools/list", {}, { url: at.mcpUrl }));
  await refused.body?.cancel();
  assert.equal(refused.status, 401);
  const answer = await at.toGateway(new Request(metadataAddress(refused)));
  const text = await answer.text();
  assert.deepEqual(Resource.parse(JSON.parse(text)), {
    resource: at.mcpUrl,
    authorization_servers: [at.signInUrl],
  });
  assert.equal(text.includes(at.authUrl), false, "the auth service is no authorization server");
}

const Resource = z.object({ resource: z.string(), authorization_servers: z.array(z.string()) });

async function readMetadata({ at, door }: Visit): Promise<void> {
  const answer = await door.auth("/.well-known/oauth-authorization-server");
  assert.equal(answer.status, 200);
  const metadata = Metadata.parse(await answer.json());
  assert.equal(metadata.issuer, at.signInUrl);
  assert.deepEqual(metadata.code_challenge_methods_supported, ["S256"]);
  for (
    const url of [metadata.authorization_endpoint, metadata.token_endpoint, metadata.registration_endpoint]
  ) {
    assert.ok(url.startsWith(`${at.signInUrl}/`), url);
  }
}

const Metadata = z.object({
  issuer: z.string(),
  authorization_endpoint: z.string(),
  token_endpoint: z.string(),
  registration_endpoint: z.string(),
  code_challenge_methods_supported: z.array(z.string()),
});
