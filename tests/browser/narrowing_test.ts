/** Choosing what of a module an app may see, in a real browser: how it looks, by keyboard, with a script and without. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { manyModules } from "../_support/many_modules.ts";
import { authorizeUrl, redeem, REDIRECT, register, tokensOf } from "../_support/oauth_flow.ts";
import { createCountingDoor } from "../_support/counting_door.ts";
import { temporaryFolder } from "../_support/temporary_folder.ts";
import { browserOptions, openBrowser } from "./_chromium.ts";
import { assertLooks, NARROW_LOOKS, PICTURES } from "./_looks.ts";
import { fillSignUp, unfold } from "./_person.ts";
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

async function signUp(page: Page, origin: string): Promise<void> {
  await page.goto(`${origin}/sign-up`);
  await fillSignUp(page, "Anna");
  await page.getByRole("button", { name: "Make the account" }).click();
  await page.getByText("No app is connected.").waitFor();
}

function codeIn(url: string): string {
  return new URL(url).searchParams.get("code") ?? "";
}
