// What goes on without the person: refreshes, the auth service's short tokens, restarts, and what the sign-in server tells.
import assert from "node:assert/strict";
import { z } from "zod";
import { form, refresh, Tokens } from "../../_support/oauth_flow.ts";
import type { Step } from "../step.ts";
import type { Visit } from "../visit.ts";

const MINUTE = 60_000;

/** The steps. */
export function stayingSteps(): readonly Step[] {
  return [
    {
      says: "The app refreshes its tokens without the person",
      async run(visit) {
        const { access } = visit.app;
        await visit.refresh();
        assert.notEqual(visit.app.access, access);
        await visit.ok("todo_list");
      },
    },
    {
      says: "Six refreshes in the same moment, as of six windows, get the same answer and end nothing",
      run: refreshSixTimes,
    },
    {
      says: "Twenty calls in a row ask the auth service for no more than one token",
      async run(visit) {
        const services = visit.power("services");
        const before = mintings(services);
        for (let call = 0; call < 20; call++) await visit.ok("spaces_list");
        assert.ok(mintings(services) - before <= 1);
      },
    },
    {
      says: "The auth service's own token ends after fifteen minutes, and is renewed without the person",
      async run(visit) {
        const turnClock = visit.power("turnClock");
        const services = visit.power("services");
        const before = [mintings(services), signIns(visit)] as const;
        turnClock(16 * MINUTE);
        await visit.titles("todo_list");
        assert.ok(mintings(services) > before[0]);
        assert.equal(signIns(visit), before[1], "nobody typed a password");
      },
    },
    {
      says: "The app works for three hours, every five minutes, and the person is asked nothing",
      async run(visit) {
        const turnClock = visit.power("turnClock");
        const before = signIns(visit);
        for (let passed = 0; passed < 180; passed += 5) {
          turnClock(5 * MINUTE);
          await visit.ok("todo_list");
        }
        assert.equal(signIns(visit), before);
      },
    },
    {
      says: "The sign-in server tells the gateway how many spaces the app has, and the person's time zone",
      async run(visit) {
        await visit.spaces();
        const told = await introspect(visit);
        assert.equal(told.active, true);
        assert.equal(told.zoneinfo, "Europe/Vienna");
        assert.equal(told.space_count, (await visit.spaces()).length);
      },
    },
    {
      says: "The gateway's key is needed for that",
      async run({ app, door }) {
        const answer = await door.auth("/api/v1/oauth/introspect", form({ token: app.access }));
        await answer.body?.cancel();
        assert.equal(answer.status, 401);
      },
    },
    {
      says: "The sign-in server is restarted: the app works on, and the person is still signed in",
      async run(visit) {
        await visit.power("restart").signIn();
        await visit.ok("todo_list");
        await visit.refresh();
        await visit.ok("todo_list");
        assert.equal(new URL((await visit.browser.open("/apps")).url).pathname, "/apps");
      },
    },
    {
      says: "The gateway is restarted: the app works on",
      async run(visit) {
        await visit.power("restart").gateway();
        await visit.ok("todo_list");
      },
    },
    {
      says: "The auth service changes its signing key: the app works on",
      async run(visit) {
        const people = visit.power("people");
        await people.rotateSigningKey();
        await visit.outliveTokens();
        await visit.ok("todo_list");
      },
    },
  ];
}

async function refreshSixTimes(visit: Visit): Promise<void> {
  const { clientId, refresh: token } = visit.app;
  const answers = await Promise.all(Array.from({ length: 6 }, () => refresh(visit.door, clientId, token)));
  const all = await Promise.all(answers.map(async (answer) => Tokens.parse(await answer.json())));
  const [first] = all;
  assert.ok(first?.refresh_token);
  for (const each of all) assert.equal(each.refresh_token, first.refresh_token);
  Object.assign(visit.app, { access: first.access_token, refresh: first.refresh_token });
  await visit.ok("todo_list");
}

async function introspect({ app, at, door }: Visit) {
  const answer = await door.auth(
    "/api/v1/oauth/introspect",
    form({ token: app.access }, { "x-service-key": at.signInKey }),
  );
  return Introspection.parse(await answer.json());
}

const Introspection = z.object({
  active: z.boolean(),
  space_count: z.number().optional(),
  zoneinfo: z.string().optional(),
});

/** How often the auth service was asked for a token. */
function mintings({ requests }: { readonly requests: readonly { readonly path: string }[] }): number {
  return requests.filter(({ path }) => path === "/api/auth/token").length;
}

/** How often a password has come to the auth service. */
function signIns(visit: Visit): number {
  return visit.power("services").requests.filter(({ path }) => path === "/api/auth/sign-in/email").length;
}
