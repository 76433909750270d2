/** The journal as a month in the official host of MCP Apps, in a browser, over the real gateway. */
import assert from "node:assert/strict";
import { JOURNAL_HTML } from "../../../tools/views/journal_html.ts";
import { browserOptions } from "../_chromium.ts";
import { tabTo } from "../_keyboard.ts";
import { until } from "../_until.ts";
import { assertViewLooks, openViewHost, untilHolds } from "../_view_host.ts";
import { assertQuiet, createViewPlace, HOSTILE } from "./_place.ts";

const options = await browserOptions();

const BERLIN = { timeZone: "Europe/Berlin" };

/** Entries of March and of February 2026. */
const ENTRIES = [
  ["2026-03-01", "dankbar", "Up early. The first crocuses are out, and Ben came by with bread."],
  ["2026-03-02", "glücklich", "A long walk."],
  ["2026-03-04", "zufrieden", "Sorted the cellar."],
  ["2026-03-05", "neutral", "Rain."],
  ["2026-03-09", "nachdenklich", "Thought about the garden."],
  ["2026-03-11", "traurig", "Missed the concert."],
  ["2026-03-12", "gestresst", "Tax return."],
  ["2026-03-13", "wütend", "The train, again."],
  ["2026-03-13", undefined, "Later: it was not so bad."],
  ["2026-03-16", undefined, "No mood at all."],
  ["2026-02-10", "glücklich", "Snow."],
] as const;

Deno.test(
  "journal: a month of moods, each with symbol and word, in both themes, from 320 pixels on, without a request",
  options,
  async () => {
    await using place = await createViewPlace("journal_calendar");
    for (const [entryDate, mood, content] of ENTRIES) {
      await place.call("journal_add", { entryDate, content, ...(mood === undefined ? {} : { mood }) });
    }
    await using host = await place.open(BERLIN);
    const { frame, heights } = host.view;
    await frame.getByRole("heading", { name: "March 2026", exact: true }).waitFor();
    await frame.getByRole("button", { name: /^today, .*1 Mar: 1 entry, grateful, 13 words$/ }).waitFor();
    await frame.getByRole("button", { name: /13 Mar: 2 entries, angry, / }).waitFor();
    assert.deepEqual(
      (await frame.locator(".legend li").allInnerTexts()).map((text) => text.trim()).toSorted(),
      ["angry 1", "content 1", "grateful 1", "happy 1", "neutral 1", "sad 1", "stressed 1", "thoughtful 1"],
    );
    await frame.getByText("10 entries on 9 days").waitFor();
    assert.equal(await frame.locator("thead th").first().innerText(), "Mon");
    assert.ok((heights.at(-1) ?? 999) <= 500, String(heights));
    await assertViewLooks(host, "journal");
    await host.view.bridge.sendHostContextChange({ locale: "en-US" });
    assertQuiet(place);
  },
);

Deno.test(
  "journal: a day shows its texts when it is pressed, and not before; another month by its button; all by keyboard",
  options,
  async () => {
    await using place = await createViewPlace("journal_calendar");
    const long = `Begin. ${"word ".repeat(12_000)}End.`;
    await place.call("journal_add", {
      entryDate: "2026-03-01",
      title: "A title",
      mood: "neutral",
      content: long,
    });
    await place.call("journal_add", { entryDate: "2026-03-01", content: "Second." });
    await place.call("journal_add", { entryDate: "2026-02-10", content: "Snow." });
    await using host = await place.open(BERLIN);
    const { page, view: { frame, calls } } = host;
    const day = frame.getByRole("button", { name: /^today, .*: 2 entries/ });
    await day.waitFor();
    assert.equal(calls.length, 0);
    await tabTo(page, day);
    await page.keyboard.press("Enter");
    await frame.getByRole("heading", { name: "A title · neutral" }).waitFor();
    await frame.getByText("Second.").waitFor();
    assert.deepEqual(calls.map(({ name }) => name), ["journal_read", "journal_read"]);
    await frame.getByRole("button", { name: "Show all" }).click();
    while (await frame.getByRole("button", { name: "Read on" }).count() > 0) {
      await frame.getByRole("button", { name: "Read on" }).click();
      await frame.locator("button:disabled", { hasText: "Read on" }).waitFor({ state: "detached" });
    }
    const shown = await frame.locator("article").first().locator(".text").allTextContents();
    assert.ok(shown.length > 1);
    assert.equal(shown.join("").trim(), long);
    await frame.getByRole("button", { name: "Close" }).click();
    assert.equal(await frame.locator(".panel").isHidden(), true);
    await tabTo(page, frame.getByRole("button", { name: "Previous month" }));
    await page.keyboard.press("Enter");
    await frame.getByRole("heading", { name: "February 2026", exact: true }).waitFor();
    await frame.getByRole("button", { name: /10 Feb: 1 entry, 1 word$/ }).waitFor();
    const { name, args } = calls.at(-1) ?? assert.fail();
    assert.deepEqual([name, args], ["journal_calendar", { ...BERLIN, from: "2026-02-01", to: "2026-02-28" }]);
    assert.equal(await frame.evaluate("document.activeElement.ariaLabel"), "Previous month");
    // A refresh stays in the month.
    await frame.getByRole("button", { name: "Refresh" }).click();
    await frame.getByRole("heading", { name: "February 2026", exact: true }).waitFor();
    assert.equal(calls.at(-1)?.args.from, "2026-02-01");
    assertQuiet(place);
  },
);

Deno.test(
  "journal: a day that is closed is read no further, and a text that is kept back says so",
  options,
  async () => {
    await using place = await createViewPlace("journal_calendar");
    for (const content of ["First.", "Second.", "Third."]) {
      await place.call("journal_add", { entryDate: "2026-03-01", content });
    }
    const late = Promise.withResolvers<void>();
    let isKeptBack = false;
    await using host = await place.open(BERLIN, {
      call: async (name, args) => {
        if (isKeptBack && name === "journal_read") {
          return { content: [], structuredContent: { entry: { id: args.id, title: "A title" } } };
        }
        if (name === "journal_read") await late.promise;
        return await place.call(name, args);
      },
    });
    const { frame, calls } = host.view;
    const day = frame.getByRole("button", { name: /^today, .*: 3 entries/ });
    await day.click();
    await until("the first is asked for", () => Promise.resolve(calls.length === 1));
    await day.click();
    late.resolve();
    await frame.getByRole("button", { name: "Next month" }).click();
    await frame.getByRole("heading", { name: "April 2026", exact: true }).waitFor();
    await frame.getByRole("button", { name: "Previous month" }).click();
    await day.waitFor();
    assert.deepEqual(calls.map(({ name }) => name), ["journal_read", "journal_calendar", "journal_calendar"]);
    isKeptBack = true;
    await day.click();
    const words = frame.getByText("The text of this entry is kept back from this app, or cannot be read.");
    await words.nth(2).waitFor();
    assertQuiet(place);
  },
);

Deno.test(
  "journal: a host that hands no calls on shows the month only, and what cannot be read says why",
  options,
  async () => {
    await using place = await createViewPlace("journal_calendar");
    await place.call("journal_add", { entryDate: "2026-03-01", mood: "dankbar", content: "A secret." });
    {
      await using host = await openViewHost(place.browser, {
        html: JOURNAL_HTML,
        now: place.world.clock.now,
      });
      await host.view.show(await place.call("journal_calendar", BERLIN), BERLIN);
      await host.view.frame.getByRole("img", { name: /^today, .*: 1 entry, grateful, 2 words$/ }).waitFor();
      assert.equal(await host.view.frame.getByRole("button").count(), 0);
      await assertViewLooks(host, "journal-read-only");
    }
    await using host = await place.open(BERLIN, {
      call: () =>
        Promise.resolve({ content: [{ type: "text", text: "This app may not read that." }], isError: true }),
    });
    const { frame } = host.view;
    await frame.getByRole("button", { name: /^today/ }).click();
    await frame.getByRole("alert").getByText("This app may not read that.").waitFor();
    await frame.getByRole("button", { name: "Next month" }).click();
    await frame.getByRole("status").getByText("This app may not read that.").waitFor();
    await frame.getByRole("heading", { name: "March 2026", exact: true }).waitFor();
    assertQuiet(place);
  },
);

Deno.test(
  "journal: whatever stands in a text is shown as text, and shapes that no tool gives break nothing",
  options,
  async () => {
    await using place = await createViewPlace("journal_calendar");
    for (const text of HOSTILE) {
      await place.call("journal_add", { entryDate: "2026-03-01", title: text, content: text });
    }
    await using host = await place.open(BERLIN);
    const { frame } = host.view;
    await frame.getByRole("button", { name: /^today/ }).click();
    await frame.locator("article").nth(HOSTILE.length - 1).waitFor();
    assert.deepEqual(await frame.locator("h4").allTextContents(), [...HOSTILE]);
    assert.deepEqual(await frame.locator(".text").allTextContents(), [...HOSTILE]);
    assert.equal(await frame.evaluate("document.title"), "Journal");
    assert.equal(await frame.evaluate("document.querySelectorAll('img, b, main script').length"), 0);
    await host.page.setViewportSize({ width: 352, height: 900 });
    await untilHolds(frame, "document.documentElement.clientWidth === 320");
    assert.equal(await frame.evaluate("document.documentElement.scrollWidth"), 320);
    const day = {
      day: "2026-03-02",
      count: "many",
      entries: [{ id: "a", mood: "<b>mood</b>" }, { mood: 1 }, null],
    };
    const data = {
      from: "2026-03-01",
      to: "2026-03-31",
      today: "2026-03-01",
      days: [day, 7, {}],
      nextFrom: "2026-03-20",
    };
    await host.view.show({ content: [], structuredContent: data });
    await frame.getByText("<b>mood</b> 1").waitFor();
    await frame.getByText("There are more entries than are shown here.").waitFor();
    await host.view.show({ content: [], structuredContent: { ...data, from: 1 } });
    await frame.getByText("This answer cannot be shown here.").waitFor();
    assertQuiet(place);
  },
);
