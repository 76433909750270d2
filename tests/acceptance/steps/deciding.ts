// What the person decides on their pages, and how soon it holds.
import assert from "node:assert/strict";
import { refresh, refusalOf } from "../../_support/oauth_flow.ts";
import type { Step } from "../step.ts";
import { MODULES } from "../../../tools/modules.ts";
import { pageSteps } from "./page.ts";

/** All that an app can be allowed. */
const EVERYTHING = MODULES.flatMap(({ name, tools }) =>
  [...new Set(tools.map(({ access }) => access))].map((access) => `${name}:${access}`)
);

/** The steps. They end with an app that is connected anew. */
export function decidingSteps(): readonly Step[] {
  return [
    {
      says: "The page of apps shows what the app may do and what it did",
      async run({ browser, at }) {
        await at.wait(6000); // uses are told a few seconds later
        const { html } = await browser.open("/apps");
        assert.match(html, /<h2[^>]*>Test app<\/h2>/);
        assert.doesNotMatch(html, /nothing yet/);
        assert.match(html, /To-dos/);
      },
    },
    {
      says: "The person lets the app only look: its next write is refused, and it still reads",
      async run(visit) {
        await visit.browser.submit(await visit.browser.open("/apps"), "/apps", { only: "read" });
        await visit.at.wait(5000);
        await visit.ok("todo_list");
        const refused = await visit.call("todo_create", { title: "too much" });
        assert.equal(refused.output, undefined);
        assert.equal(refused.status, 403);
        assert.match(refused.challenge, /insufficient_scope/);
        assert.equal((await visit.titles("todo_list")).includes("too much"), false);
      },
    },
    {
      says: "The person gives the app back what they took",
      async run(visit) {
        await visit.browser.submit(await visit.browser.open("/apps"), "/apps", {
          save: "yes",
          preset: "choose",
          allow: EVERYTHING,
        });
        await visit.at.wait(5000);
        await visit.refresh();
        await visit.ok("notes_create", { title: "Again", content: "x" });
      },
    },
    ...pageSteps(),
    {
      says:
        "The person disconnects the app: within five seconds its token is good for nothing, and cannot be refreshed",
      async run(visit) {
        await visit.ok("todo_list");
        await visit.browser.submit(await visit.browser.open("/apps"), "/apps", { end: "yes" });
        await visit.at.wait(5000);
        const answer = await visit.send("tools/call", { name: "todo_list", arguments: {} });
        assert.equal(answer.status, 401, await answer.text());
        const { clientId, refresh: token } = visit.app;
        assert.equal(await refusalOf(await refresh(visit.door, clientId, token)), "400 invalid_grant");
      },
    },
    {
      says:
        "The person connects the app again without typing the password anew, and everything is still there",
      async run(visit) {
        Object.assign(visit.app, await visit.connect(visit.browser));
        assert.ok((await visit.titles("habits_list")).length > 0);
      },
    },
  ];
}
