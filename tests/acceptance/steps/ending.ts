// What ends elsewhere: sessions, passwords, memberships, the vault's trust. Each is told to the person in words.
import assert from "node:assert/strict";
import { goZeroKnowledge } from "../../_support/device.ts";
import { refresh, refusalOf } from "../../_support/oauth_flow.ts";
import type { Step } from "../step.ts";
import type { Visit } from "../visit.ts";

/** The steps. They leave the person with a connected app, and without a readable vault. */
export function endingSteps(): readonly Step[] {
  return [
    {
      says:
        "Somebody who is taken out of a team cannot reach it from an app any more, and reaches everything else",
      async run(visit) {
        const people = visit.power("people");
        const clara = await people.make("clara");
        const team = await people.makeTeam(clara.email, "Band", visit.at.person.email);
        await visit.outliveTokens();
        assert.deepEqual(await visit.titles("notes_search", { space: team }), []);
        await people.removeMember(team, visit.at.person.email);
        await visit.outliveTokens();
        await visit.refused("notes_search", { space: team });
        await visit.ok("todo_list");
      },
    },
    {
      says:
        "The person signs out everywhere in the web app: the app's refresh is an invalid_grant once the session is seen to be over",
      async run(visit) {
        const people = visit.power("people");
        await people.endSessions(visit.at.person.email);
        await visit.outliveTokens();
        await isCutOff(visit);
      },
    },
    { says: "The page of apps says why it ended, and the person can connect again", run: readsWhy },
    {
      says:
        "The person changes their password in the web app: the app is cut off, and the new password connects it again",
      async run(visit) {
        const people = visit.power("people");
        const { email, password } = visit.at.person;
        await people.changePassword(email, "another correct horse");
        await visit.outliveTokens();
        await isCutOff(visit);
        visit.browser = await visit.signIn({ email, password: "another correct horse" });
        Object.assign(visit.app, await visit.connect(visit.browser));
        await visit.ok("todo_list");
        await people.changePassword(email, password);
        await visit.outliveTokens();
        visit.browser = await visit.signIn(visit.at.person);
        Object.assign(visit.app, await visit.connect(visit.browser));
      },
    },
    {
      says:
        "The person switches zero-knowledge on: within 15 s sealed records are neither read nor written, in words",
      async run(visit) {
        visit.power("people"); // an operator's own person keeps their vault as it is
        const device = await visit.device();
        await visit.ok("notes_search");
        await goZeroKnowledge(visit.at, device);
        await visit.at.wait(15_000);
        assert.match(await visit.refused("notes_create", { title: "x", content: "x" }), /zero-knowledge/i);
      },
    },
  ];
}

/** The app finds out what happened, and that only the person can help. */
async function isCutOff(visit: Visit): Promise<void> {
  const { clientId, refresh: token } = visit.app;
  const first = await visit.send("tools/call", { name: "todo_list", arguments: {} });
  await first.body?.cancel();
  assert.equal(first.status, 401);
  const renewed = await refresh(visit.door, clientId, token);
  if (renewed.ok) {
    // The access token was over by itself; the first call with a fresh one meets the session's end.
    const { access_token } = await renewed.json();
    visit.app.access = access_token;
    const second = await visit.send("tools/call", { name: "todo_list", arguments: {} });
    await second.body?.cancel();
    assert.equal(second.status, 401);
    assert.equal(await refusalOf(await refresh(visit.door, clientId, token)), "400 invalid_grant");
  } else assert.equal(await refusalOf(renewed), "400 invalid_grant");
}

async function readsWhy(visit: Visit): Promise<void> {
  visit.power("people");
  visit.browser = await visit.signIn(visit.at.person);
  assert.match(
    (await visit.browser.open("/apps")).html,
    /you changed your password or signed out everywhere/,
  );
  Object.assign(visit.app, await visit.connect(visit.browser));
  assert.ok((await visit.titles("habits_list")).length > 0);
}
