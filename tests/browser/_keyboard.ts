import assert from "node:assert/strict";
import type { Locator, Page } from "playwright-core";

/** More stops than any page has. */
const MAX_STOPS = 80;

/** Presses Tab until `target` has the focus, and asserts that a person sees where it is. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let stop = 0; stop < MAX_STOPS; stop += 1) {
    await page.keyboard.press("Tab");
    if (await target.evaluate((element) => element === element.ownerDocument.activeElement)) {
      const outline = await target.evaluate((element) =>
        element.ownerDocument.defaultView?.getComputedStyle(element).outlineStyle
      );
      assert.equal(outline, "solid", "the focus is seen");
      return;
    }
  }
  assert.fail(`Tab never comes to ${target}`);
}
