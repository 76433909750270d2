/** The choice of what an app may do, with 43 modules, on a phone: at most two screens before a group is opened. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { manyModules } from "../_support/many_modules.ts";
import { authorizeUrl, redeem, REDIRECT, register, tokensOf } from "../_support/oauth_flow.ts";
import { createPlayedDoor } from "../_support/played_door.ts";
import { temporaryFolder } from "../_support/temporary_folder.ts";
import { browserOptions, openBrowser } from "./_chromium.ts";
import { tabTo } from "./_keyboard.ts";
import { assertLooks, PICTURES } from "./_looks.ts";
import { fillSignUp } from "./_person.ts";
import { serveFlow } from "./_served_flow.ts";

const options = await browserOptions();
const PHONE = { width: 390, height: 844 };

Deno.test(
  "43 modules: consent and apps on a phone, two screens before a group is opened",
  options,
  async (t) => {
    await using folder = await temporaryFolder();
    await using served = await serveFlow({ grantable: manyModules(), door: createPlayedDoor() });
    await using browser = await openBrowser(folder.path);
    const { page } = browser;
    await page.goto(`${served.origin}/sign-up`);
    await fillSignUp(page, "Anna");
    await page.getByRole("button", { name: "Make the account" }).click();
    await page.getByText("No app is connected.").waitFor();
    const { client_id } = await register(served.flow);
    await page.goto(served.origin + authorizeUrl(client_id));
    const control = page.getByRole("group", { name: "What may it do?" });

    await t.step("consent is two screens high before a group is opened", async () => {
      await assertLooks(page, "many-consent");
      await onPhone(page, "many-consent");
      await assertTwoScreens(page);
      assert.equal(await control.locator(".groups").getByRole("checkbox").count(), 0, "no box is seen");
      await control.getByRole("radio", { name: "Let me choose" }).check();
      await assertTwoScreens(page);
    });

    await t.step(
      "a preset hides what it makes pointless, and says what is allowed in each group",
      async () => {
        const marks = async (group: string) => {
          const summary = control.locator("summary", { hasText: group });
          return (await summary.locator(".marks").innerText()).split(/\s+/).filter(Boolean);
        };
        await control.getByRole("radio", { name: "Only look" }).check();
        assert.deepEqual([await marks("Leisure"), await marks("Money")], [["see"], []]);
        await control.getByText("Leisure", { exact: true }).click();
        await control.getByRole("group", { name: "Recipes" }).waitFor();
        assert.equal(await control.locator(".groups").getByRole("checkbox").count(), 0);
        await control.getByText("Money", { exact: true }).click();
        const money = control.getByRole("group", { name: "Finances" });
        assert.equal(await money.getByRole("checkbox").count(), 1);
        assert.equal(await money.getByRole("checkbox", { name: "See" }).isChecked(), false);
        await money.getByRole("checkbox", { name: "See" }).check();
        assert.deepEqual(await marks("Money"), ["see"]);
        await onPhone(page, "many-look-and-money");
        await control.getByRole("radio", { name: "Let me choose" }).check();
        assert.equal(await money.getByRole("checkbox").count(), 3);
        assert.equal(await control.getByRole("group", { name: "Recipes" }).getByRole("checkbox").count(), 3);
        await control.getByText("How much it reads, and its tools").click();
        await control.getByLabel("It sees", { exact: true }).waitFor();
        await assertLooks(page, "many-choose");
        await onPhone(page, "many-choose");
      },
    );

    await t.step("a sensitive permission is ticked and all is allowed by keyboard", async () => {
      await control.getByRole("radio", { name: "Look and add" }).check();
      await tabTo(page, page.locator("summary", { hasText: "Cycle" }));
      await page.keyboard.press("Enter");
      await tabTo(
        page,
        control.getByRole("group", { name: "Period" }).getByRole("checkbox", { name: "See" }),
      );
      await page.keyboard.press("Space");
      await page.route(`${new URL(REDIRECT).origin}/**`, (route) => route.abort("aborted"));
      const gone = page.waitForEvent("requestfailed", (one) => one.url().startsWith(REDIRECT));
      await tabTo(page, page.getByRole("button", { name: "Allow", exact: true }));
      await page.keyboard.press("Enter");
      const code = new URL((await gone).url()).searchParams.get("code") ?? "";
      const { scope } = await tokensOf(await redeem(served.flow, client_id, code));
      const given = scope.split(" ");
      assert.ok(
        ["period:read", "finance:read", "recipes:write"].every((word) => given.includes(word)),
        scope,
      );
      assert.ok(!given.some((word) => /^period:(?!read)|^mood|destructive/.test(word)), scope);
    });

    await t.step("the page of apps", async () => {
      await page.goto(`${served.origin}/apps`);
      await onPhone(page, "many-apps");
      await assertTwoScreens(page);
      await page.getByText("Change what it may do").click();
      await assertLooks(page, "many-apps-change");
      await onPhone(page, "many-apps-change");
      assert.equal(await control.locator(".groups").getByRole("checkbox").count(), 0);
    });
    assert.deepEqual(browser.problems, []);
  },
);

/** Takes a picture as on a phone. */
async function onPhone(page: Page, name: string): Promise<void> {
  await page.setViewportSize(PHONE);
  await page.emulateMedia({ colorScheme: "light" });
  await page.screenshot({ path: `${PICTURES}/${name}-390.png`, fullPage: true });
}

async function assertTwoScreens(page: Page): Promise<void> {
  const height = Number(await page.evaluate("document.documentElement.scrollHeight"));
  assert.ok(height <= 2 * PHONE.height, `the page is ${height} pixels high`);
}
