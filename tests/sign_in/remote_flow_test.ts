import assert from "node:assert/strict";
import { z } from "zod";
import {
  allow,
  authorizeUrl,
  connect,
  decode,
  exchange,
  introspect,
  redeem,
  register,
  returned,
  tokensOf,
} from "../_support/oauth_flow.ts";
import { SERVICE_KEY } from "../_support/test_backend.ts";
import { asked, createRemoteWorld, type RemoteWorld, submitPassword } from "../_support/remote_world.ts";

/** The list of spaces that the gateway is told of a grant. */
async function spacesOf(world: RemoteWorld, accessToken: string) {
  const gid = z.string().parse(decode(accessToken).claims.gid);
  return await world.auth(`/api/v1/internal/grants/${gid}/spaces`, {
    headers: { "x-service-key": SERVICE_KEY },
  });
}
const Spaces = z.array(
  z.object({ id: z.string(), name: z.string(), metadata: z.object({ type: z.string() }) }),
);
const Exchanged = z.object({ access_token: z.string(), expires_in: z.number() });

Deno.test("remote people: an app is connected by a password of the auth service, and works with the person's own token and spaces", async () => {
  await using world = await createRemoteWorld();
  const { services } = world;
  const anna = await services.people.make("anna");
  await services.people.makeTeam(anna.email, "Choir");
  const { client_id } = await register(world);
  const browser = world.browser();
  const page = await browser.open(authorizeUrl(client_id));
  const consent = await submitPassword(browser, page, anna);
  assert.equal(new URL(consent.url).pathname, "/consent", consent.html);
  assert.match(consent.html, /Choir/);
  const code = returned(await allow(browser, consent)).get("code");
  assert.ok(code);
  const tokens = await tokensOf(await redeem(world, client_id, code));
  assert.equal(decode(tokens.access).claims.sub, anna.id);

  const answer = await exchange(world, tokens.access);
  assert.equal(answer.status, 200, await answer.clone().text());
  const exchanged = Exchanged.parse(await answer.json());
  const { claims } = decode(exchanged.access_token);
  assert.deepEqual([claims.sub, claims.iss, claims.aud], [anna.id, services.issuer, "mana"]);
  assert.ok(exchanged.expires_in > 0 && exchanged.expires_in <= 900);

  const spaces = Spaces.parse(await (await spacesOf(world, tokens.access)).json());
  assert.deepEqual(spaces.map(({ metadata }) => metadata.type), ["personal", "team"]);
  assert.equal((await introspect(world, tokens.access)).space_count, 2);
  world.clock.now += 600_000;
  assert.equal((await introspect(world, tokens.access)).space_count, 2, "tools must not change to and fro");
  await services.people.makeTeam(anna.email, "Choir");
  assert.equal((await spacesOf(world, tokens.access)).status, 200);
  assert.equal((await introspect(world, tokens.access)).space_count, 3);
});

Deno.test("remote people: a hundred exchanges are one request for a token, until shortly before its end", async () => {
  await using world = await createRemoteWorld();
  const browser = await world.signedIn(await world.services.people.make("anna"));
  const { access } = await connect(world, browser);
  const before = asked(world, "/token").length;
  const answers = await Promise.all(Array.from({ length: 100 }, () => exchange(world, access)));
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
  assert.equal(asked(world, "/token").length - before, 1);
  world.clock.now += 13 * 60_000;
  await exchange(world, access);
  assert.equal(asked(world, "/token").length - before, 1);
  world.clock.now += 90_000; // half a minute is left of the kept token
  const { expires_in } = Exchanged.parse(await (await exchange(world, access)).json());
  assert.ok(expires_in > 800, String(expires_in));
  assert.equal(asked(world, "/token").length - before, 2);
});
