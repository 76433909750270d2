/** Choosing what of a module an app may see, in a real browser: how it looks, by keyboard, with a script and without. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { z } from "zod";
import { manyModules } from "../_support/many_modules.ts";
import { authorizeUrl, redeem, REDIRECT, register, tokensOf } from "../_support/oauth_flow.ts";
import { createCountingDoor } from "../_support/counting_door.ts";
import { temporaryFolder } from "../_support/temporary_folder.ts";
import { browserOptions, openBrowser } from "./_chromium.ts";
import { assertLooks, NARROW_LOOKS, PICTURES } from "./_looks.ts";
import { fillSignUp, unfold } from "./_person.ts";
import { createConnectedPerson, done, refused } from "./_connected_person.ts";
import type { App } from "./_connecting.ts";
import { tabTo } from "./_keyboard.ts";
import { until } from "./_until.ts";
import { serveFlow } from "./_served_flow.ts";

const options = await browserOptions();

Deno.test(
  "narrowing: consent and apps in both themes from 1280 to 320 pixels, no fault that axe finds",
  options,
  async (t) => {
    await using folder = await temporaryFolder();
    const door = createCountingDoor();
    await using served = await serveFlow({ grantable: manyModules(), door });
    await using browser = await openBrowser(folder.path);
    const { page } = browser;
    await signUp(page, served.origin);
    const { client_id } = await register(served.flow);
    await page.goto(served.origin + authorizeUrl(client_id));
    const control = page.getByRole("group", { name: "What may it do?" });

    await t.step("a module is narrowed while the page says how much it shows", async () => {
      await unfold(control);
      const journal = control.getByRole("group", { name: "Journal" });
      await journal.getByText("only …").click();
      await journal.getByText("shows all 310").waitFor();
      await journal.getByLabel("Since when").selectOption({ label: "the last 7 days" });
      await journal.getByText("only the last 7 days").waitFor();
      await journal.getByText("shows 42 of 310").waitFor();
      await journal.getByRole("radio", { name: "titles, days and moods, not the texts" }).check();
      await journal.getByRole("checkbox", { name: "thanks" }).check();
      await journal.getByText("tag “thanks”").waitFor();
      await assertLooks(page, "narrowing-consent", NARROW_LOOKS);
      await page.setViewportSize({ width: 390, height: 844 });
      await journal.screenshot({ path: `${PICTURES}/narrowing-journal-390.png` });
    });

    await t.step("the page of apps says it in words, and shows the same control", async () => {
      await page.route(`${new URL(REDIRECT).origin}/**`, (route) => route.abort("aborted"));
      const gone = page.waitForEvent("requestfailed", (one) => one.url().startsWith(REDIRECT));
      await page.getByRole("button", { name: "Allow", exact: true }).click();
      await tokensOf(await redeem(served.flow, client_id, codeIn((await gone).url())));
      await page.goto(`${served.origin}/apps`);
      await page.getByText(
        "Journal: only the last 7 days; titles, days and moods, not the texts; tag “thanks”",
      ).waitFor();
      await assertLooks(page, "narrowing-apps", NARROW_LOOKS);
      await page.getByText("Change what it may do").click();
      await unfold(control);
      await control.getByRole("group", { name: "Notes" }).getByText("only …").click();
      await assertLooks(page, "narrowing-apps-change", NARROW_LOOKS);
    });
    assert.deepEqual(browser.problems, []);
  },
);

Deno.test(
  "narrowing: a connected app obeys its next call, and sees more again when the person says so",
  options,
  async (t) => {
    await using person = await createConnectedPerson("Nora");
    const { browser: { page }, auth } = person;
    const may = { Journal: ["See", "Add and change"] };
    const app = await person.connect({ name: "Claude" }, may);
    for (const [title, days] of [["Yesterday", 1], ["Long ago", 40]] as const) {
      await done(app, "journal_add", { title, content: `About ${title}`, entryDate: daysAgo(days) });
    }
    assert.deepEqual(await entriesOf(app), [["Yesterday", "shown"], ["Long ago", "shown"]]);
    const card = page.getByRole("article", { name: "Claude" });
    const journal = card.getByRole("group", { name: "Journal" });
    const change = async () => {
      await page.goto(`${auth}/apps`);
      await card.getByText("Change what it may do").click();
      await unfold(card);
      await journal.locator("details.only > summary").click();
    };
    const save = () => card.getByRole("button", { name: "Save for Claude" }).click();

    await t.step("while the app works it is narrowed to titles of the last week", async () => {
      await change();
      await journal.getByText("shows all 2").waitFor();
      await journal.getByLabel("Since when").selectOption({ label: "the last 7 days" });
      await journal.getByText("shows 1 of 2").waitFor();
      await journal.getByRole("radio", { name: "titles, days and moods, not the texts" }).check();
      await save();
      await page.getByText("Journal: only the last 7 days; titles, days and moods, not the texts").waitFor();
      const savedAt = Date.now();
      await until(
        "the app sees titles of the last week",
        async () => JSON.stringify(await entriesOf(app)) === JSON.stringify([["Yesterday", "withheld"]]),
      );
      assert.ok(Date.now() - savedAt < IN_FORCE_MS, "it holds within five seconds");
      assert.equal(app.asked.length, 1, "the app was not asked to connect again");
    });

    await t.step("it sees everything again", async () => {
      await change();
      await journal.getByLabel("Since when").selectOption({ label: "any time" });
      await journal.getByRole("radio", { name: "everything" }).check();
      await save();
      await page.getByRole("heading", { name: "What it may see of that" }).waitFor({ state: "detached" });
      await until("the app sees both again", async () => (await entriesOf(app)).length === 2);
      assert.deepEqual(await entriesOf(app), [["Yesterday", "shown"], ["Long ago", "shown"]]);
    });

    await t.step("another app is narrowed when it is connected", async () => {
      const other = await person.connect({ name: "Cursor" }, may, false, async () => {
        const group = page.getByRole("group", { name: "Journal" });
        await group.getByText("only …").click();
        await group.getByLabel("Since when").selectOption({ label: "the last 30 days" });
        await group.getByText("shows 1 of 2").waitFor();
      });
      assert.deepEqual(await entriesOf(other), [["Yesterday", "shown"]]);
      assert.match(await refused(other, "journal_add", { content: "x", entryDate: daysAgo(60) }), /apps/);
    });
    assert.deepEqual(person.browser.problems, []);
  },
);

/** Within this time a choice has to hold. */
const IN_FORCE_MS = 5_000;

function daysAgo(days: number): string {
  return new Date(Date.now() - days * 24 * 3600_000).toISOString().slice(0, 10);
}

const Entries = z.looseObject({
  entries: z.array(z.looseObject({ title: z.string(), withheld: z.array(z.string()).optional() })),
});

/** The titles of the journal as an app lists them, each with whether its text is withheld. */
async function entriesOf(app: App): Promise<string[][]> {
  const { entries } = Entries.parse(await done(app, "journal_list", {}));
  return entries.map(({ title, withheld }) => [title, withheld?.includes("content") ? "withheld" : "shown"]);
}

Deno.test("narrowing: by keyboard alone, from the preset to the count", options, async () => {
  await using folder = await temporaryFolder();
  await using served = await serveFlow({ grantable: manyModules(), door: createCountingDoor() });
  await using browser = await openBrowser(folder.path);
  const { page } = browser;
  await signUp(page, served.origin);
  const { client_id } = await register(served.flow);
  await page.goto(served.origin + authorizeUrl(client_id));
  const control = page.getByRole("group", { name: "What may it do?" });
  await tabTo(page, control.getByRole("radio", { name: "Look and add" }));
  await page.keyboard.press("ArrowDown");
  assert.ok(await control.getByRole("radio", { name: "Last 30 days" }).isChecked());
  await page.keyboard.press("ArrowUp");
  await tabTo(page, control.locator("summary", { hasText: "to-dos, calendar" }));
  await page.keyboard.press("Enter");
  const journal = control.getByRole("group", { name: "Journal" });
  await tabTo(page, journal.locator("summary"));
  await page.keyboard.press("Enter");
  await tabTo(page, journal.getByLabel("Since when"));
  await page.keyboard.press("ArrowDown");
  await journal.getByText("shows 42 of 310").waitFor();
  assert.equal(await page.locator("[role=status]").innerText(), "Journal: shows 42 of 310");
  await tabTo(page, journal.getByRole("radio", { name: "everything" }));
  await page.keyboard.press("ArrowDown");
  await tabTo(page, journal.getByRole("checkbox", { name: "thanks" }));
  await page.keyboard.press("Space");
  await journal.getByText("tag “thanks”").waitFor();
  assert.match(
    await journal.locator("summary").innerText(),
    /only the last 7 days; titles, days and moods, not the texts; tag “thanks”/,
  );
  await tabTo(page, journal.getByRole("checkbox", { name: "It may also add what it may not see" }));
  assert.deepEqual(browser.problems, []);
});

Deno.test(
  "narrowing: presets show what they leave to choose; without a script everything works by buttons",
  options,
  async () => {
    await using folder = await temporaryFolder();
    await using served = await serveFlow({ grantable: manyModules(), door: createCountingDoor() });
    await using browser = await openBrowser(folder.path, { hasScripts: false });
    const { page } = browser;
    await signUp(page, served.origin);
    const { client_id } = await register(served.flow);
    await page.goto(served.origin + authorizeUrl(client_id));
    const control = page.getByRole("group", { name: "What may it do?" });
    await control.getByRole("radio", { name: "Last 30 days" }).check();
    await control.getByText("to-dos, calendar, notes, journal, habits", { exact: true }).click();
    assert.equal(await control.getByRole("group", { name: "Your day" }).isVisible(), false);
    const journal = control.getByRole("group", { name: "Journal" });
    await journal.getByText("only …").click();
    assert.equal(await journal.getByLabel("Since when").isVisible(), false, "the preset has said since when");
    await control.getByRole("radio", { name: "Tasks only" }).check();
    assert.equal(await journal.isVisible(), false);
    await control.getByRole("group", { name: "To-dos" }).waitFor();
    await control.getByRole("radio", { name: "Only look" }).check();
    await journal.getByLabel("Since when").selectOption({ label: "the last 7 days" });
    await journal.getByRole("button", { name: "Count for Journal" }).click();
    await journal.getByText("shows 42 of 310").waitFor();
    assert.ok(page.url().endsWith("#only-journal"), page.url());
    assert.equal(await journal.getByLabel("Since when").inputValue(), "P7D");
    assert.ok(await control.getByRole("radio", { name: "Only look" }).isChecked());
    await control.getByRole("radio", { name: "Only look" }).check();
    await page.screenshot({ path: `${PICTURES}/narrowing-no-script.png`, fullPage: true });
    assert.deepEqual(browser.problems, []);
  },
);

async function signUp(page: Page, origin: string): Promise<void> {
  await page.goto(`${origin}/sign-up`);
  await fillSignUp(page, "Anna");
  await page.getByRole("button", { name: "Make the account" }).click();
  await page.getByText("No app is connected.").waitFor();
}

function codeIn(url: string): string {
  return new URL(url).searchParams.get("code") ?? "";
}
