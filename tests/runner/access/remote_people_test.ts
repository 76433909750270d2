/** The same ways in before an auth service that is not ours: pages at a sign-in server of its own, spaces at the auth service. */
import assert from "node:assert/strict";
import { readCatalogue } from "../../../runner/catalogue/read_catalogue.ts";
import { createTurns } from "../../../runner/kit/turns.ts";
import { createAppAccess } from "../../../runner/sign_in/app_access.ts";
import { createOwnAccess } from "../../../runner/sign_in/own_access.ts";
import { openSession } from "../../../runner/sign_in/session.ts";
import { createSharedSpaces } from "../../../runner/sign_in/shared_spaces.ts";
import { derivePersonaPassword } from "../../../process/derive_persona_password.ts";
import { modernRequest } from "../../_support/mcp_request.ts";
import { RESOURCE } from "../../_support/oauth_flow.ts";
import { createProductionWorld, type ProductionWorld } from "../../_support/production_world.ts";
import { SIGN_IN_URL } from "../../_support/remote_world.ts";
import { GOING, personaOf } from "./_app_scene.ts";

const SECRET = "0123456789abcdef0123456789abcdef";

Deno.test("a persona of an auth service elsewhere connects, decides on its page and disconnects, at the sign-in server before it", async () => {
  await using world = await createProductionWorld({ hasPages: true });
  await makePersona(world, "ida");
  const access = createAppAccess({
    ...wayOf(world),
    mcpUrl: RESOURCE,
    signInOrigins: [SIGN_IN_URL],
    passwordOf,
  });
  const entrance = await access.open(personaOf("ida"), GOING);
  const call = async (name: string, args: Readonly<Record<string, unknown>>) => {
    const token = await entrance.token();
    const params = { name, arguments: args };
    return await (await world.gateway.fetch(modernRequest(token, "tools/call", params, { url: RESOURCE })))
      .text();
  };
  const create = () => call("notes_create", { title: "Old keys" });
  const link = /http:\/\/localhost:3002\/approvals\/[0-9a-f]{32}/.exec(await create())?.[0];
  assert.ok(link, await create());
  assert.equal(await entrance.page?.decide(link, "yes"), "taken");
  assert.match(await create(), /"title":"Old keys"/);
  world.clock.now += 16 * 60_000;
  assert.match(await call("notes_search", { query: "keys" }), /Old keys/);
  await entrance.close();
  await access.end(GOING);
  assert.equal((await access.open(personaOf("ida"), GOING).then((next) => next.token())).length > 100, true);
});

Deno.test("two personas of an auth service elsewhere make their shared space there", async () => {
  await using world = await createProductionWorld();
  for (const name of ["anna", "ben"]) await makePersona(world, name);
  const refused: string[] = [];
  const sessions = { ...wayOf(world), authUrl: world.services.issuer };
  const access = createOwnAccess({
    ...sessions,
    secret: SECRET,
    spacesOf: createSharedSpaces({
      personas: readCatalogue(),
      sessions,
      secret: SECRET,
      onRefused: (_persona, words) => refused.push(words),
    }),
  });
  for (const name of ["ben", "anna"]) {
    const entrance = await access.open(personaOf(name), GOING);
    const [space] = await entrance.spaces();
    assert.deepEqual(refused, []);
    assert.deepEqual(space?.members, ["anna", "ben"]);
    await entrance.close();
  }
});

async function makePersona(world: ProductionWorld, name: string): Promise<void> {
  const { email } = personaOf(name);
  await world.services.people.make(email.split("@")[0] ?? "");
  const password = await derivePersonaPassword(SECRET, email);
  await world.services.people.changePassword(email, password);
  // As the person's Mana app does at its first use.
  const session = await openSession(
    { ...wayOf(world), authUrl: world.services.issuer },
    { email, password },
    GOING,
  );
  const { token } = await session.token(GOING);
  const init = new Request(`${world.services.issuer}/api/v1/me/encryption-vault/init`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
  });
  const made = await world.services.auth.fetch(init);
  assert.equal(made.status, 200, await made.text());
  await session.close(GOING);
}

function passwordOf({ email }: { readonly email: string }): Promise<string> {
  return derivePersonaPassword(SECRET, email);
}

function wayOf(world: ProductionWorld) {
  return {
    turns: createTurns(),
    // The limiter's waits pass by moving everybody's time.
    clock: {
      calendar: () => world.clock.now,
      elapsed: () => world.clock.now,
      after(ms: number, run: () => void) {
        if (ms !== 20_000 && ms !== 5_000) {
          world.clock.now += ms;
          queueMicrotask(run);
        }
        return () => {};
      },
    },
    fetch: async (input: string | URL | Request, init?: RequestInit) => {
      const request = new Request(input, init);
      switch (new URL(request.url).origin) {
        case SIGN_IN_URL:
          return await world.signIn.ask(request);
        case world.services.issuer:
          return await world.services.auth.fetch(request);
        default:
          return await world.gateway.fetch(request);
      }
    },
  };
}
