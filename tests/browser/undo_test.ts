// What an app did is seen and undone in a real browser, through a real gateway and real services, each a process of its own.
import assert from "node:assert/strict";
import { z } from "zod";
import { startStack } from "../../scripts/stack/start_stack.ts";
import { temporaryFolder } from "../_support/temporary_folder.ts";
import { browserOptions, openBrowser } from "./_chromium.ts";
import { createModernApp, listenForCallback } from "./_connecting.ts";
import { assertLooks, NARROW_LOOKS } from "./_looks.ts";
import { allowOnly, fillSignUp } from "./_person.ts";

const FREE_PORTS = { PORT: "0", BACKEND_PORT: "0", BACKEND_SYNC_PORT: "0" };

Deno.test(
  "an app changes a note; the person finds it under their apps, looks at it, undoes it, and does it again",
  await browserOptions(),
  async () => {
    await using folder = await temporaryFolder();
    const stack = await startStack({ data: `${folder.path}/data`, env: FREE_PORTS });
    try {
      await using callback = listenForCallback();
      await using browser = await openBrowser(folder.path);
      const { page } = browser;
      const app = createModernApp({ mcpUrl: stack.mcpUrl, redirectUrl: callback.url });
      await assert.rejects(app.connect());
      await page.goto(app.asked.at(-1)?.href ?? "");
      await page.getByRole("link", { name: "Make one" }).click();
      await fillSignUp(page, "Anna");
      await page.getByRole("button", { name: "Make the account" }).click();
      await page.getByRole("heading", { name: /^Connect / }).waitFor();
      await allowOnly(page, { Notes: ["See", "Add and change"] }, "1 week");
      await page.getByRole("button", { name: "Allow", exact: true }).click();
      await app.finish(await callback.returned);
      const { note } = Made.parse(await app.call("notes_create", { title: "Shopping", content: "Milk" }));
      await app.call("notes_update", { id: note.id, content: "Nothing" });
      const contentNow = async () => Made.parse(await app.call("notes_read", { id: note.id })).note.content;

      await page.goto(`http://localhost:${new URL(stack.authUrl).port}/apps`);
      const card = page.getByRole("article", { name: app.name });
      await card.getByRole("link", { name: "See or undo what it changed" }).click();
      await page.getByRole("link", { name: "Changed the note “Shopping”" }).click();
      await page.getByText("Milk").waitFor();
      await assertLooks(page, "undo-real-call", NARROW_LOOKS);
      const press = async (button: string | RegExp, heading: string) => {
        await page.getByRole("button", { name: button, exact: typeof button === "string" }).click();
        await page.getByRole("heading", { name: heading }).waitFor();
      };
      await press("Undo this", "Undo this?");
      await assertLooks(page, "undo-real-preview", NARROW_LOOKS);
      await press("Yes, put 1 thing back", "It is undone");
      assert.equal(await contentNow(), "Milk");

      await page.getByRole("link", { name: "What your apps did" }).click();
      await page.getByText("Put back by an undo").waitFor();
      await page.getByText("undone", { exact: true }).waitFor();
      await assertLooks(page, "undo-real-line", NARROW_LOOKS);
      await page.getByRole("link", { name: "Changed the note “Shopping”" }).first().click();
      await press("Do it again", "Do it again?");
      await press("Yes, do 1 thing again", "It is done again");
      assert.equal(await contentNow(), "Nothing");
      await app.close();
      assert.deepEqual(browser.problems, []);
    } finally {
      assert.deepEqual(await stack.stop(), { gateway: 0, backend: 0 });
    }
  },
);

const Made = z.object({
  structuredContent: z.object({ note: z.object({ id: z.string(), content: z.string() }) }),
}).transform(({ structuredContent }) => structuredContent);
