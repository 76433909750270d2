import assert from "node:assert/strict";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { z } from "zod";

/** Where the pictures are kept for people to look at. */
export const PICTURES = ".mana-test/screenshots";

/** How people see a page: as their device has it, at a desk and on a phone. */
const LOOKS = [
  { name: "light", colorScheme: "light", viewport: { width: 1024, height: 768 } },
  { name: "dark", colorScheme: "dark", viewport: { width: 1024, height: 768 } },
  { name: "phone", colorScheme: "light", viewport: { width: 375, height: 667 } },
  { name: "phone-dark", colorScheme: "dark", viewport: { width: 375, height: 667 } },
] as const;

/** The same down to the narrowest screen of WCAG 1.4.10 (320 CSS pixels, which is also a desk at 400 percent). */
export const NARROW_LOOKS: readonly Look[] = [[1280, 800], [390, 844], [320, 640]].flatMap((
  [width = 0, height = 0],
) =>
  (["light", "dark"] as const).map((colorScheme) => ({
    name: `${width}-${colorScheme}`,
    colorScheme,
    viewport: { width, height },
  }))
);

/** How somebody sees a page. */
interface Look {
  readonly name: string;
  readonly colorScheme: "light" | "dark";
  readonly viewport: { readonly width: number; readonly height: number };
}

const Report = z.object({
  violations: z.array(z.object({
    id: z.string(),
    impact: z.string().nullish(),
    nodes: z.array(z.object({ html: z.string(), failureSummary: z.string().optional() })),
  })),
});

/** Takes a picture of the page in every look, and asserts that axe finds no fault and that nothing sticks out. */
export async function assertLooks(page: Page, name: string, looks: readonly Look[] = LOOKS): Promise<void> {
  for (const look of looks) {
    await page.emulateMedia({ colorScheme: look.colorScheme });
    await page.setViewportSize(look.viewport);
    await page.screenshot({ path: `${PICTURES}/${name}-${look.name}.png`, fullPage: true });
    const width = await page.evaluate("document.documentElement.scrollWidth");
    assert.equal(width, look.viewport.width, `${name}, ${look.name}: something sticks out`);
    assert.deepEqual(await faultsOf(page), [], `${name}, ${look.name}`);
  }
}

/** Serious and critical violations, and where they are. */
async function faultsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe.source); // by the debugger: the page's own policy forbids every script
  // Without preload axe asks for nothing; the pages allow no request anyway.
  const report = Report.parse(
    await page.evaluate("axe.run({ preload: false, resultTypes: ['violations'] })"),
  );
  return report.violations.filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary ?? ""}`));
}
