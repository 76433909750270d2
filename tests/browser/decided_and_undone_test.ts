// The whole of a person's own page with the real product: an app asks, the person decides in a real browser with one click, looks at what
// the app did, and takes it back.
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { browserOptions } from "./_chromium.ts";
import {
  createConnectedPerson,
  done,
  linkIn,
  makeNote,
  refused,
  signInAs,
  titlesOf,
} from "./_connected_person.ts";
import { assertLooks, NARROW_LOOKS } from "./_looks.ts";

const options = await browserOptions();
const NOTES = { Notes: ["See", "Add and change", "Delete"] };

Deno.test(
  "an app that declares nothing deletes a note by one click of the person, who takes it back and does it again",
  options,
  async (t) => {
    await using anna = await createConnectedPerson("Anna");
    const { browser: { page, context, problems }, auth } = anna;
    const looks = (name: string) => assertLooks(page, `real-${name}`, NARROW_LOOKS);
    const app = await anna.connect({}, NOTES);
    const id = await makeNote(app, TITLE, CONTENT);
    await makeNote(app, "Shopping", "Milk, bread");

    await t.step("the link, by somebody who is signed out", async () => {
      const words = await refused(app, "notes_delete", { id });
      assert.match(words, /^Not done: the person has to allow this\. Ask them to open /);
      const { url, id: approval } = linkIn(words);
      assert.equal(url, `${auth}/approvals/${approval}`);
      await context.clearCookies();
      await page.goto(url);
      await signInAs(page, "Anna");
      await page.getByRole("heading", { name: `“${app.name}” wants to delete a note` }).waitFor();
      assert.equal(page.url(), url);
      await page.getByText("Winter holidays with the grandparents").first().waitFor();
      await awake(page);
      await looks("approval");
      assert.deepEqual(await titlesOf(app), ["Shopping", TITLE], "a link decides nothing");
      assert.equal((await done(app, "approvals_get", { id: approval }))["status"], "open");

      await page.getByRole("button", { name: "Yes, delete" }).click();
      await page.getByRole("heading", { name: "It is done" }).waitFor();
      await looks("approval-done");
      assert.deepEqual(await done(app, "approvals_get", { id: approval }), {
        status: "done",
        result: { ok: true, id },
      });
      assert.deepEqual(await titlesOf(app), ["Shopping"]);
      // Told: the same call is a new one, and there is no such note any more.
      assert.match(await refused(app, "notes_delete", { id }), /^No note with id/);
    });

    await t.step("what it did, and back", async () => {
      await page.goto(`${auth}/activity`);
      await page.getByRole("heading", { name: `“${app.name}”` }).waitFor();
      await looks("activity");
      await page.getByRole("link", { name: /^Deleted the note “Winter holidays/ }).click();
      await page.getByRole("heading", { name: /^“Anna's assistant” deleted the note “Winter/ }).waitFor();
      await looks("call");
      await page.getByRole("button", { name: "Undo this", exact: true }).click();
      await page.getByRole("heading", { name: "Undo this?" }).waitFor();
      await looks("undo");
      assert.deepEqual(await titlesOf(app), ["Shopping"], "a preview changes nothing");
      await page.getByRole("button", { name: "Yes, put 1 thing back" }).click();
      await page.getByRole("heading", { name: "It is undone" }).waitFor();
      await looks("undone");
      assert.deepEqual(await titlesOf(app), ["Shopping", TITLE]);
    });

    await t.step("and away again", async () => {
      await page.goto(`${auth}/activity`);
      await page.getByText("undone").first().waitFor();
      await looks("activity-undone");
      await page.getByRole("link", { name: /^Brought back the note “Winter holidays/ }).click();
      await page.getByRole("button", { name: "Do it again" }).click();
      await page.getByRole("heading", { name: "Do it again?" }).waitFor();
      await looks("again");
      await page.getByRole("button", { name: "Yes, do 1 thing again" }).click();
      await page.getByRole("heading", { name: "It is done again" }).waitFor();
      assert.deepEqual(await titlesOf(app), ["Shopping"]);
    });
    assert.deepEqual(problems, []);
  },
);

Deno.test(
  "what waits is on the page without a link, several are one click, and a form that nobody was shown becomes a link",
  options,
  async (t) => {
    await using anna = await createConnectedPerson("Anna");
    const { browser: { page, problems }, auth } = anna;
    const looks = (name: string) => assertLooks(page, `real-${name}`, NARROW_LOOKS);
    const app = await anna.connect({ name: "Claude" }, NOTES);
    const closing = await anna.connect({ name: "Closing client", closesForms: true }, NOTES);
    const careful = await anna.connect({ name: "Careful helper" }, NOTES, true);

    await t.step("several, without a link", async () => {
      const ids = [];
      for (const title of [TITLE, "Shopping", "Ideas", "Old address"]) {
        ids.push(await makeNote(app, title, "…"));
      }
      for (const id of ids.slice(0, 3)) await refused(app, "notes_delete", { id });
      await page.goto(`${auth}/apps`);
      await page.getByRole("link", { name: "3 requests wait for your answer" }).click();
      await awake(page);
      await looks("approvals-batch");
      await page.getByRole("button", { name: "Yes, delete all 3" }).click();
      await page.getByText("Nothing waits").or(page.getByRole("heading", { name: "Answered" })).first()
        .waitFor();
      await looks("approvals-answered");
      assert.deepEqual(await titlesOf(app), ["Old address"]);
      for (const id of ids.slice(0, 3)) {
        assert.deepEqual(await done(app, "notes_delete", { id }), { ok: true, id }, "told by the same call");
      }
    });

    await t.step("a client that closes its own form unseen", async () => {
      const id = await makeNote(closing, "Draft", "…");
      const words = await refused(closing, "notes_delete", { id });
      assert.match(words, /form/);
      await page.goto(linkIn(words).url);
      await awake(page);
      await page.getByRole("button", { name: "Yes, delete" }).click();
      await page.getByRole("heading", { name: "It is done" }).waitFor();
      assert.deepEqual(await titlesOf(app), ["Old address"]);
    });

    await t.step("an app that the person wants to be asked by", async () => {
      const call = { title: "From the helper", content: "A long text. ".repeat(80) };
      const words = await refused(careful, "notes_create", call);
      await page.goto(linkIn(words).url);
      await awake(page);
      await looks("approval-write");
      assert.deepEqual(await titlesOf(app), ["Old address"]);
      await page.getByRole("button", { name: "Yes, do it" }).click();
      await page.getByRole("heading", { name: "It is done" }).waitFor();
      assert.deepEqual(await titlesOf(app), ["From the helper", "Old address"]);
      const refusedNow = await refused(careful, "notes_create", { ...call, title: "Another" });
      await page.goto(linkIn(refusedNow).url);
      await awake(page);
      await page.getByRole("button", { name: "No", exact: true }).click();
      await page.getByRole("heading", { name: "You said no" }).waitFor();
      assert.match(
        await refused(careful, "notes_create", { ...call, title: "Another" }),
        /the person said no/,
      );
      assert.deepEqual(await titlesOf(app), ["From the helper", "Old address"]);
    });

    await t.step("all of it on the time line", async () => {
      await page.goto(`${auth}/activity`);
      await looks("activity-all");
    });
    assert.deepEqual(problems, []);
  },
);

const TITLE =
  "Winter holidays with the grandparents in the Donaudampfschifffahrtsgesellschaftskapitänshaus, what to pack and whom to call";
const CONTENT = "Skis, sledge, the good thermos.\nCall grandma on Sunday. ".repeat(12);

/** Waits until the buttons are awake. */
async function awake(page: Page): Promise<void> {
  await page.locator("button[name=decision]:not([aria-disabled])").first().waitFor();
}
