/** The pages about privacy and of terms, at both servers: what they say without a word of the operator, and what with one. */
import assert from "node:assert/strict";
import { parseSettings as parseBackendSettings } from "../../backend/settings.ts";
import { parseSettings } from "../../lib/settings/settings.ts";
import { type Operator, toOperator, UNSTATED } from "../../process/operator/operator.ts";
import { parseSettings as parseSignInSettings } from "../../sign_in/settings/settings.ts";
import { authorizeUrl, register } from "../_support/oauth_flow.ts";
import { createTestBackend } from "../_support/test_backend.ts";
import { createWorld } from "../_support/world.ts";

const STATED: Record<string, string> = {
  OPERATOR_NAME: "Example & Sons",
  OPERATOR_CONTACT: "help@example.test",
  OPERATOR_COUNTRY: "Austria",
};

Deno.test("without settings both servers say that nobody is stated, and what the software does", async () => {
  for (const page of [await gatewayPage("/privacy"), await signInPage("/privacy", UNSTATED)]) {
    assert.match(page, /Who runs this installation is not stated here\./);
    assert.match(page, /No address for help and for questions about your data is stated\./);
    assert.match(page, /The gateway, through which apps work, has no disk and keeps no database\./);
    assert.match(page, /goes to that app and to whoever runs it and its model\./);
    assert.match(page, /trains no model\./);
  }
  for (const page of [await gatewayPage("/terms"), await signInPage("/terms", UNSTATED)]) {
    assert.match(page, /Who runs this installation is not stated here\./);
    assert.match(page, /comes without any warranty\./);
    assert.match(
      page,
      /uses what it reads here for what the person has asked it to do, and for nothing else\./,
    );
  }
});

Deno.test("with settings both servers say who it is, where and how to write, on both pages", async () => {
  for (const path of ["/privacy", "/terms"]) {
    for (const page of [await gatewayPage(path, STATED), await signInPage(path, operatorOf(STATED))]) {
      assert.match(
        page,
        /Example &amp; Sons runs this installation\. The law of this country applies: Austria\./,
      );
      assert.match(page, /<a href="mailto:help@example\.test">help@example\.test<\/a>/);
      assert.doesNotMatch(page, /not stated/);
    }
  }
});

Deno.test("text of the settings stays text: a tag in a name is shown, and runs nothing", async () => {
  const env = { OPERATOR_NAME: '<img src=x onerror="alert(1)">' };
  for (const page of [await gatewayPage("/privacy", env), await signInPage("/privacy", operatorOf(env))]) {
    assert.doesNotMatch(page, /<img(?! src="\/icon\.svg")/);
    assert.match(page, /&lt;img src=x onerror=&quot;alert\(1\)&quot;&gt; runs this installation\./);
  }
});

Deno.test("an operator's own pages take the place of ours, and the metadata names them at once", async () => {
  const env = { PRIVACY_URL: "https://example.test/privacy", TERMS_URL: "https://example.test/terms" };
  await using world = await createWorld({ env, backend: { operator: operatorOf(env) } });
  for (const [path, to] of [["/privacy", env.PRIVACY_URL], ["/terms", env.TERMS_URL]] as const) {
    for (
      const answer of [
        await world.gateway.fetch(new Request(`http://gateway.test${path}`)),
        await world.auth(path),
      ]
    ) {
      assert.equal(answer.status, 303);
      assert.equal(answer.headers.get("location"), to);
    }
  }
  const { resource, server } = await metadataOf(world);
  assert.equal(resource.resource_policy_uri, env.PRIVACY_URL);
  assert.equal(resource.resource_tos_uri, env.TERMS_URL);
  assert.equal(server.op_policy_uri, env.PRIVACY_URL);
  assert.equal(server.op_tos_uri, env.TERMS_URL);
});

Deno.test("addresses in other letters than ASCII go out as headers take them: Punycode, percent-encoded", async () => {
  const env = {
    PRIVACY_URL: "https://Bücher.test/Datenschutz/über uns".replace(" ", "-"),
    TERMS_URL: "https://example.test/条款?sprache=größer#ende",
    OPERATOR_CONTACT: "https://bücher.test/hilfe/köln",
  };
  const privacy = "https://xn--bcher-kva.test/Datenschutz/%C3%BCber-uns";
  const terms = "https://example.test/%E6%9D%A1%E6%AC%BE?sprache=gr%C3%B6%C3%9Fer#ende";
  await using world = await createWorld({ env, backend: { operator: operatorOf(env) } });
  for (const [path, to] of [["/privacy", privacy], ["/terms", terms]] as const) {
    const answers = [
      await world.gateway.fetch(new Request(`http://gateway.test${path}`)),
      await world.auth(path),
    ];
    for (const { status, headers } of answers) assert.deepEqual([status, headers.get("location")], [303, to]);
  }
  const { resource, server } = await metadataOf(world);
  assert.deepEqual([resource.resource_policy_uri, resource.resource_tos_uri], [privacy, terms]);
  assert.deepEqual([server.op_policy_uri, server.op_tos_uri], [privacy, terms]);
  const { OPERATOR_CONTACT } = env;
  for (
    const page of [
      await gatewayPage("/privacy", { OPERATOR_CONTACT }),
      await signInPage("/privacy", operatorOf({ OPERATOR_CONTACT })),
    ]
  ) {
    const link = '<a href="https://xn--bcher-kva.test/hilfe/k%C3%B6ln">https://bücher.test/hilfe/köln</a>';
    assert.ok(page.includes(link), page);
  }
});

Deno.test("without pages of the operator the metadata of both servers names their own, which anyone may read", async () => {
  await using world = await createWorld({ env: { PUBLIC_URL: "http://gateway.test" } });
  const { resource, server } = await metadataOf(world);
  assert.deepEqual(
    [resource.resource_policy_uri, resource.resource_tos_uri, server.op_policy_uri, server.op_tos_uri],
    [
      "http://gateway.test/privacy",
      "http://gateway.test/terms",
      "http://auth.test/privacy",
      "http://auth.test/terms",
    ],
  );
  const page = await (await world.auth("/privacy")).text();
  assert.match(page, /<h1>Privacy<\/h1>/);
});

Deno.test("sign-in, consent and an error lead to both pages", async () => {
  await using flow = await createTestBackend();
  const anna = await flow.personWithBrowser("anna");
  const { client_id } = await register(flow);
  const pages = [
    await (await flow.auth("/sign-in", { headers: { accept: "text/html" } })).text(),
    (await anna.open(authorizeUrl(client_id))).html,
    await (await flow.auth("/error?error=expired", { headers: { accept: "text/html" } })).text(),
  ];
  for (const page of pages) {
    for (const link of ['<a href="/privacy">Privacy</a>', '<a href="/terms">Terms</a>']) {
      assert.ok(page.includes(link), page.slice(0, 300));
    }
  }
  assert.match(pages[1] ?? "", /What may it do\?/);
});

Deno.test("what cannot be shown is a problem at the start of each process, by name and with what is expected, but never by its value: an address may hold a password", () => {
  const bad = {
    OPERATOR_NAME: "two\nlines",
    OPERATOR_COUNTRY: "x".repeat(101),
    OPERATOR_CONTACT: "javascript:alert(1)",
    PRIVACY_URL: "http://example.test/privacy",
    TERMS_URL: "https://user:password@example.test/",
  };
  const forms = {
    OPERATOR_NAME: "one line of at most 100 characters",
    OPERATOR_CONTACT: "an e-mail address or an https URL, at most 200 characters",
    OPERATOR_COUNTRY: "one line of at most 100 characters",
    PRIVACY_URL: "an https URL of at most 200 characters",
    TERMS_URL: "an https URL of at most 200 characters",
  };
  const words = Object.entries(forms).map(([name, form]) => `${name} must be ${form}`).sort();
  for (
    const parsed of [
      parseSignInSettings({ SIGN_IN_SERVICE_KEY: "k".repeat(32), ...bad }),
      parseBackendSettings(bad),
      parseSettings(bad),
    ]
  ) assert.deepEqual(parsed.ok ? [] : parsed.problems.toSorted(), words);
  for (
    const contact of ["a@b", "a b@example.test", "a@b@example.test", "<a@example.test>", "data:text/html,x"]
  ) {
    assert.equal(parseSettings({ OPERATOR_CONTACT: contact }).ok, false, contact);
  }
  assert.equal(parseSettings({ OPERATOR_CONTACT: "https://example.test/help" }).ok, true);
});

function operatorOf(env: Readonly<Record<string, string>>): Operator {
  return toOperator((name) => env[name]);
}

async function gatewayPage(path: string, env: Record<string, string> = {}): Promise<string> {
  await using world = await createWorld({ env });
  const answer = await world.gateway.fetch(new Request(`http://gateway.test${path}`));
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get("content-security-policy") ?? "", /default-src 'none'/);
  return await answer.text();
}

async function signInPage(path: string, operator: Operator): Promise<string> {
  await using flow = await createTestBackend({ operator });
  const answer = await flow.auth(path);
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get("content-security-policy") ?? "", /default-src 'none'/);
  return await answer.text();
}

async function metadataOf(world: Awaited<ReturnType<typeof createWorld>>) {
  const place = "http://gateway.test/.well-known/oauth-protected-resource";
  return {
    resource: await (await world.gateway.fetch(new Request(place))).json(),
    server: await (await world.auth("/.well-known/oauth-authorization-server")).json(),
  };
}
