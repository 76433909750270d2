/** Shared spaces of personas: made and joined by the ordinary requests, once, and used only while every member is a persona. */
import assert from "node:assert/strict";
import { createTurns } from "../../../runner/kit/turns.ts";
import { readCatalogue } from "../../../runner/catalogue/read_catalogue.ts";
import type { SharedSpace } from "../../../runner/sign_in/access.ts";
import { createOwnAccess } from "../../../runner/sign_in/own_access.ts";
import { openSession } from "../../../runner/sign_in/session.ts";
import { createSharedSpaces } from "../../../runner/sign_in/shared_spaces.ts";
import { derivePersonaPassword } from "../../../process/derive_persona_password.ts";
import { join, remove } from "../../_support/team.ts";
import { AUTH_URL, PASSWORD, post } from "../../_support/test_backend.ts";
import { createRunnerWorld, personaOf, type RunnerWorld, SEED_SECRET } from "../_support/runner_world.ts";

const GOING = new AbortController().signal;

Deno.test("two personas whose days begin at once share one space, and find it again at every later start", async () => {
  await using runner = await createRunnerWorld(["anna", "ben"]);
  const first = startFinder(runner);
  const [anna, ben] = await Promise.all([first.spacesOf("anna"), first.spacesOf("ben")]);
  assert.deepEqual(anna.map(({ kind, members }) => [kind, members]), [["family", ["anna", "ben"]]]);
  assert.deepEqual(ben, anna);
  const second = startFinder(runner);
  assert.deepEqual(await second.spacesOf("ben"), anna);
  assert.deepEqual(await second.spacesOf("ben"), anna);
  const made = runner.requests.filter(({ url }) => /create|invite-member|accept-invitation/.test(url));
  assert.deepEqual(made.map(({ url }) => url.split("/").at(-1)), [
    "create",
    "invite-member",
    "accept-invitation",
  ]);
  assert.deepEqual([...first.refused, ...second.refused], []);
  // Whoever was signed in for it is signed out again.
  const [ins, outs] = ["sign-in/email", "sign-out"].map((path) =>
    runner.requests.filter(({ url }) => url.endsWith(path)).length
  );
  assert.equal(ins, outs);
});

Deno.test("a space with a member who is no persona is not used, and is again when that member has left", async () => {
  await using runner = await createRunnerWorld(["anna", "ben"]);
  const finder = startFinder(runner);
  const [space] = await finder.spacesOf("anna");
  assert.ok(space);
  const [anna, human] = [await accountOf(runner, "anna"), await runner.world.person("human")];
  await join(runner.world, anna, space.id, human);
  assert.deepEqual(await finder.spacesOf("anna"), []);
  assert.deepEqual(await finder.spacesOf("ben"), []);
  assert.deepEqual(finder.refused, Array(2).fill("the shared space has a member who is no persona of it"));
  await remove(runner.world, anna, space.id, human);
  assert.deepEqual(await finder.spacesOf("anna"), [space]);
});

Deno.test("an address of a persona proves nothing: who cannot be signed in as is no persona", async () => {
  await using runner = await createRunnerWorld(["anna"]);
  const email = personaOf("ben").email;
  const registered = await runner.world.auth(
    "/api/v1/auth/register",
    post({ email, password: PASSWORD, name: "ben" }),
  );
  assert.equal(registered.status, 200, await registered.text());
  const anna = await accountOf(runner, "anna");
  const finder = startFinder(runner);
  assert.deepEqual(await finder.spacesOf("anna"), []);
  assert.deepEqual(finder.refused, ["The auth service answered 401"]);
  const session = await runner.world.auth(
    "/api/auth/sign-in/email",
    post({ email, password: PASSWORD }, HEADERS),
  );
  const cookie = session.headers.getSetCookie().map((line) => line.split(";")[0]).join("; ");
  await session.body?.cancel();
  const [id] = (await spacesNow(runner, anna.cookie)).filter(({ slug }) => slug === "personas-flat");
  assert.ok(id);
  await join(runner.world, anna, id.id, { ...anna, email, cookie });
  assert.deepEqual(await finder.spacesOf("anna"), []);
  assert.deepEqual(finder.refused, Array(2).fill("The auth service answered 401"));
});

Deno.test("a member with a persona's address and another account is no persona", async () => {
  await using runner = await createRunnerWorld(["anna", "ben"]);
  const finder = startFinder(runner);
  assert.equal((await finder.spacesOf("anna")).length, 1);
  runner.intercept = async (request) => {
    if (!request.url.includes("list-members")) return undefined;
    const { members, total } = await (await runner.world.auth(request.url, request)).json();
    return Response.json({ members: [members[0], { ...members[1], userId: "somebody else" }], total });
  };
  assert.deepEqual(await finder.spacesOf("anna"), []);
  assert.deepEqual(finder.refused, ["the shared space has a member who only looks like a persona"]);
});

Deno.test("a start that was cut off between invitation and joining is completed by the next one", async () => {
  await using runner = await createRunnerWorld(["anna", "ben"]);
  runner.intercept = ({ url }) =>
    url.endsWith("accept-invitation") ? new Response(null, { status: 500 }) : undefined;
  const cut = startFinder(runner);
  assert.deepEqual(await cut.spacesOf("anna"), []);
  assert.deepEqual(cut.refused, ["the invitation is not taken (500)"]);
  runner.intercept = () => undefined;
  assert.deepEqual((await startFinder(runner).spacesOf("ben")).map(({ members }) => members), [[
    "anna",
    "ben",
  ]]);
  assert.equal((await spacesNow(runner, (await accountOf(runner, "ben")).cookie)).length, 2);
});

Deno.test("a name that is taken, a service that is away, a persona without a partner: the day goes on without the space", async () => {
  await using runner = await createRunnerWorld(["anna", "ben", "kai"]);
  const finder = startFinder(runner);
  assert.deepEqual(await finder.spacesOf("kai"), []);
  runner.intercept = ({ url }) =>
    url.includes("/organization/") ? new Response("{}", { status: 503 }) : undefined;
  assert.deepEqual(await finder.spacesOf("anna"), []);
  runner.intercept = ({ url }) =>
    url.includes("list-members") ? Response.json({ members: [], total: 5 }) : undefined;
  assert.deepEqual(await finder.spacesOf("anna"), []);
  runner.intercept = () => undefined;
  assert.deepEqual((await finder.spacesOf("anna")).length, 1);
  assert.deepEqual(finder.refused, [
    "the auth service does not tell the spaces (503)",
    "the shared space has too many members",
  ]);

  await using other = await createRunnerWorld(["anna", "ben"]);
  const squatter = await other.world.person("squatter");
  await other.world.auth(
    "/api/auth/organization/create",
    post(
      { name: "Mine", slug: "personas-flat", metadata: { type: "family" } },
      { ...HEADERS, cookie: squatter.cookie },
    ),
  );
  const without = startFinder(other);
  assert.deepEqual(await without.spacesOf("ben"), []);
  assert.deepEqual(without.refused, ["the shared space cannot be made (400)"]);
});

Deno.test("a signal that ends is told as such", async () => {
  await using runner = await createRunnerWorld(["anna", "ben"]);
  const end = new AbortController();
  runner.intercept = ({ url }) => {
    if (url.endsWith("organization/list")) end.abort(new Error("the runner stops"));
    return undefined;
  };
  await assert.rejects(startFinder(runner).spacesOf("anna", end.signal), /the runner stops/);
});

const HEADERS = { origin: AUTH_URL };

/** A runner that starts: its finder remembers nobody. */
function startFinder(runner: RunnerWorld) {
  const refused: string[] = [];
  const { clock } = runner.deps();
  const sessions = { fetch: runner.fetch, clock, authUrl: AUTH_URL, turns: createTurns() };
  const access = createOwnAccess({
    ...sessions,
    secret: SEED_SECRET,
    spacesOf: createSharedSpaces({
      personas: readCatalogue(),
      sessions,
      secret: SEED_SECRET,
      onRefused: (_persona, words) => refused.push(words),
    }),
  });
  return {
    refused,
    async spacesOf(name: string, signal = GOING): Promise<readonly SharedSpace[]> {
      const entrance = await access.open(personaOf(name), signal);
      try {
        return await entrance.spaces();
      } finally {
        await entrance.close();
      }
    },
  };
}

/** A persona as the person of a test who invites and joins. */
async function accountOf({ world }: RunnerWorld, name: string) {
  const { email } = personaOf(name);
  const password = await derivePersonaPassword(SEED_SECRET, email);
  const clock = { calendar: () => 0, elapsed: () => 0, after: () => () => {} };
  const fetch = (input: string | URL | Request, init?: RequestInit) =>
    world.backend.auth.fetch(new Request(input, init));
  const session = await openSession({ fetch, clock, authUrl: AUTH_URL, turns: createTurns() }, {
    email,
    password,
  }, GOING);
  return { email, id: "", token: "", cookie: session.cookie, refresh: () => Promise.resolve("") };
}

async function spacesNow(
  { world }: RunnerWorld,
  cookie: string,
): Promise<readonly { id: string; slug: string }[]> {
  return await (await world.auth("/api/auth/organization/list", { headers: { cookie } })).json();
}
