// Makes a page show the same at every run: ports, times of day, days and ids that differ are put in their place by made-up ones. What
// is left over is what the product says, and the digest of it is what a picture is held against.
import type { Page } from "playwright-core";
import { z } from "zod";

/** What a picture shows: digests of the text of the page, and of its style sheets. */
export interface Shown {
  readonly text: string;
  readonly style: string;
}

/** Replaces what differs between two runs, stops every movement, and tells what the page shows. */
export async function steadyPage(page: Page, places: Places): Promise<Shown> {
  await page.emulateMedia({ reducedMotion: "reduce" });
  const Told = z.object({ text: z.string(), styles: z.array(z.string()), sheets: z.array(z.string()) });
  const { text, styles, sheets } = Told.parse(
    await page.evaluate(`(${STEADY})(${JSON.stringify(Object.entries(places))})`),
  );
  const loaded = await Promise.all(
    sheets.map(async (url) => await (await page.request.get(url)).text()),
  );
  return { text: await digest(text), style: await digest([...styles, ...loaded].join("\n")) };
}

/** Addresses of this run, each with the one that stands in the picture. */
export type Places = Readonly<Record<string, string>>;

/** Runs in the page, by the debugger: the page's own policy forbids every script. */
const STEADY = String.raw`(replacements) => {
  const rules = [
    [/\b(127\.0\.0\.1|localhost):(?!3001\b|3050\b|3069\b)\d+/g, "$1:33418"],
    [/\b\d+ minutes\b/g, "9 minutes"],
    [/\b\d{1,2}:\d{2}(:\d{2})?(\s?[AP]M)?\b/g, "09:41"],
    [/\b\d{4}-\d{2}-\d{2}\b/g, "2026-05-20"],
    [/\bfrom (Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day,? \d{1,2} [A-Z][a-z]+( \d{4})?/g, "from Thursday, 14 May"],
    [/(?<!from )\b(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day,? \d{1,2} [A-Z][a-z]+( \d{4})?/g, "Wednesday, 20 May"],
    [/(?<!day,? )\b\d{1,2} (January|February|March|April|May|June|July|August|September|October|November|December)( \d{4})?/g, "20 May"],
    [/\b[0-9a-f]{32}\b/g, "0".repeat(32)],
  ];
  const steady = (text) => {
    let found = text;
    for (const [from, to] of replacements) found = found.replaceAll(from, to);
    for (const [from, to] of rules) found = found.replace(from, to);
    return found;
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (/^(SCRIPT|STYLE)$/.test(node.parentElement?.tagName ?? "")) continue;
    const text = steady(node.data);
    if (text !== node.data) node.data = text;
  }
  for (const field of document.querySelectorAll("input[type=date]")) field.value = "2026-05-20";
  return {
    text: document.title + "\n" + document.body.innerText.replace(/\s+/g, " ") +
      [...document.querySelectorAll("body > svg")].map((mark) => mark.outerHTML).join(""),
    styles: [...document.querySelectorAll("style")].map((style) => style.textContent ?? ""),
    sheets: [...document.querySelectorAll("link[rel=stylesheet]")].map((link) => link.href),
  };
}`;

async function digest(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(bytes).toHex().slice(0, 16);
}
