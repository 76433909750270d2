/** The pictures of the documents show what the pages show today: every page is visited again, and its words and style are compared. */
import assert from "node:assert/strict";
import { readPictures, whyOld } from "../../scripts/pictures/recorded_pictures.ts";
import { steadyPage } from "../../scripts/pictures/steady_page.ts";
import { visitPages } from "../../scripts/pictures/visit_pages.ts";
import { browserOptions } from "./_chromium.ts";

Deno.test("no picture of the documents is older than its page", await browserOptions(), async () => {
  const pictures = await readPictures();
  const seen: string[] = [];
  const old: string[] = [];
  await visitPages(async ({ name, page, width, places, only }) => {
    await page.emulateMedia({ colorScheme: "light" });
    await page.setViewportSize({ width, height: 100 });
    const shown = await steadyPage(page, places);
    if (only === "listing") return;
    seen.push(name);
    const why = whyOld(pictures, name, shown);
    if (why !== null) old.push(why);
  });
  assert.deepEqual(old, []);
  assert.deepEqual(seen.sort(), Object.keys(pictures).sort());
});
