// The person's own page: an app asks by a link, the person decides there, sees what the app did, and takes it back.
import assert from "node:assert/strict";
import { z } from "zod";
import type { Page } from "../../_support/browser.ts";
import { submitPassword } from "../../_support/remote_world.ts";
import type { Step } from "../step.ts";
import type { Visit } from "../visit.ts";

const Made = z.looseObject({ note: z.looseObject({ id: z.string() }) });
const UNDO = "/activity/undo";

/** The steps, for an app that may do everything. */
export function pageSteps(): readonly Step[] {
  const title = `Farewell ${crypto.randomUUID().slice(0, 8)}`;
  let id = "";
  let link = "";
  let request = "";
  return [
    {
      says: "An app that can show no form may not delete by itself: it is told a link to the person's page",
      async run(visit) {
        ({ id } = Made.parse(await visit.ok("notes_create", { title, content: "x" })).note);
        const words = await visit.refused("notes_delete", { id });
        [link = "", request = ""] = /http\S+\/approvals\/([0-9a-f]{32})/.exec(words) ?? [];
        assert.equal(link, `${visit.at.signInUrl}/approvals/${request}`, words);
        assert.ok(await isThere(visit, title));
      },
    },
    {
      says:
        "Whoever opens the link signs in first, sees what would be deleted, and deletes it with one click",
      async run(visit) {
        const browser = visit.newBrowser();
        const page = await submitPassword(browser, await browser.open(link), visit.at.person);
        assert.equal(page.url, link, page.html);
        assert.match(page.html, new RegExp(`Delete the note &quot;${title}&quot;`));
        const done = await browser.submit(page, "/approvals", { decision: "yes" });
        assert.match(done.html, /<h1>It is done<\/h1>/);
        assert.equal(await isThere(visit, title), false);
      },
    },
    {
      says: "The app is told how it ended, whether it asks or makes its call again",
      async run(visit) {
        const told = await visit.ok("approvals_get", { id: request });
        assert.deepEqual([told.status, told.result], ["done", { ok: true, id }]);
      },
    },
    {
      says: "What the app did is on the person's page, and one click takes the deletion back",
      async run(visit) {
        const call = await visit.browser.open(
          linkOf(await visit.browser.open("/activity"), `Deleted the note “${title}”`),
        );
        assert.doesNotMatch(call.html, /in the shared space/, "it was in the personal space");
        const shown = await visit.browser.submit(call, UNDO, { do: "calls" });
        assert.match(shown.html, /<h1>Undo this\?<\/h1>/);
        const undone = await visit.browser.submit(shown, `${UNDO}/apply`);
        assert.match(undone.html, /<h1>It is undone<\/h1>/);
        assert.ok(await isThere(visit, title));
      },
    },
  ];
}

async function isThere(visit: Visit, title: string): Promise<boolean> {
  return (await visit.titles("notes_search", { query: title })).includes(title);
}

/** Where the link with these words leads. */
function linkOf({ html }: Page, words: string): string {
  const href = new RegExp(`<a href="([^"]*)">${words}`).exec(html)?.[1];
  assert.ok(href, html);
  return href.replaceAll("&amp;", "&");
}
