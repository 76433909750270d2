/** The heat map of habits in the official host of MCP Apps, in a browser, over the real gateway. */
import assert from "node:assert/strict";
import type { Frame } from "playwright-core";
import { HABITS_HTML } from "../../../tools/views/habits_html.ts";
import { HABITS, pushInsert, type WireTable } from "../../_support/device.ts";
import { browserOptions } from "../_chromium.ts";
import { tabTo } from "../_keyboard.ts";
import { until } from "../_until.ts";
import { assertViewLooks, openViewHost, untilHolds } from "../_view_host.ts";
import { assertQuiet, createViewPlace, HOSTILE, type ViewPlace } from "./_place.ts";

const options = await browserOptions();

const LOGS: WireTable = { app: "habits", table: "habitLogs" };
const BERLIN = { timeZone: "Europe/Berlin" };

/** A habit with ticks so many days ago, stored as a device does. */
async function addHabit(
  { world, anna }: ViewPlace,
  id: string,
  habit: Record<string, unknown>,
  daysAgo: readonly number[] = [],
): Promise<void> {
  await pushInsert(world, anna, HABITS, id, { title: id, isArchived: false, ...habit });
  for (const [at, ago] of daysAgo.entries()) {
    const createdAt = new Date(world.clock.now - ago * 86_400_000).toISOString();
    await pushInsert(world, anna, LOGS, `${id}-${at}`, {
      habitId: id,
      timeBlockId: "gone",
      note: null,
      createdAt,
    });
  }
}

/** What the cells of a habit say, by the class that draws them. */
async function cell(frame: Frame, day: string, row = 0): Promise<string | null> {
  return await frame.locator(`[data-day="${day}"]`).nth(row).getAttribute("aria-label");
}

function someDays(every: number, most: number): number[] {
  return Array.from({ length: Math.floor(most / every) }, (_, at) => 1 + at * every);
}

Deno.test(
  "habits: half a year of each, in both themes, from 320 pixels on, without a request",
  options,
  async () => {
    await using place = await createViewPlace("habits_overview");
    await addHabit(place, "Read ten pages", { color: "#c2410c", order: 0 }, [
      0,
      1,
      2,
      3,
      ...someDays(2, 170),
    ]);
    await addHabit(place, "Drink water", { color: "#0369a1", targetPerDay: 3, order: 1 }, [
      ...someDays(1, 120),
      ...someDays(3, 120),
      ...someDays(3, 120),
    ]);
    await addHabit(place, "Learn Italian", { order: 2 }, [40, 41]);
    await addHabit(place, "Call mother", { order: 3 });
    await using host = await place.open(BERLIN);
    const { frame, heights } = host.view;
    await frame.getByText("Read ten pages").first().waitFor();
    assert.equal(await cell(frame, "2026-03-01"), "today: done");
    assert.equal(await cell(frame, "2026-02-28"), "yesterday: done 2 times");
    assert.equal(await cell(frame, "2026-02-28", 1), "yesterday: 3 of 3");
    assert.match(await cell(frame, "2026-02-27", 1) ?? "", /^Fri 27 Feb: 1 of 3$|^Fri, 27 Feb: 1 of 3$/);
    assert.equal(await frame.locator("[data-day='2026-03-02']").count(), 0, "nothing of a day to come");
    assert.ok((heights.at(-1) ?? 999) <= 500, String(heights));
    await assertViewLooks(host, "habits");
    assert.equal(await frame.evaluate("document.documentElement.scrollHeight <= innerHeight"), true);
    assertQuiet(place);
  },
);

Deno.test(
  "habits: a narrow frame shows the last weeks, and earlier ones by a button; the rest of the habits by another",
  options,
  async () => {
    await using place = await createViewPlace("habits_overview");
    for (const [order, id] of ["one", "two", "three", "four"].entries()) {
      await addHabit(
        place,
        id,
        { order },
        [0],
      );
    }
    await using host = await place.open(BERLIN);
    const { page, view: { frame } } = host;
    await page.setViewportSize({ width: 352, height: 900 });
    const days = frame.locator(".habit:first-child .cell");
    await until("some weeks fit", async () => await days.count() < 140 && await days.count() > 0);
    const earlier = frame.getByRole("button", { name: "Earlier" });
    assert.equal(await frame.locator("[data-day='2025-09-01']").count(), 0);
    assert.equal(await frame.getByRole("button", { name: "Later" }).isDisabled(), true);
    await earlier.click();
    await frame.locator("[data-day='2025-09-01']").first().waitFor({ state: "attached" });
    assert.equal(await frame.locator("[data-day='2026-03-01']").count(), 0);
    assert.equal(await earlier.isDisabled(), true);
    await frame.getByRole("button", { name: "Show 2 more" }).click();
    await frame.getByText("four", { exact: true }).waitFor();
    await page.setViewportSize({ width: 900, height: 900 });
    await until("26 weeks fit", async () => await days.count() === 182);
    assert.equal(await frame.getByRole("button", { name: "Earlier" }).count(), 0);
  },
);

Deno.test(
  "habits: the arrow keys go from day to day, each in words; a list says the same",
  options,
  async () => {
    await using place = await createViewPlace("habits_overview");
    await addHabit(place, "Read", { targetPerDay: 2 }, [0, 7]);
    await using host = await place.open(BERLIN);
    const { page, view: { frame } } = host;
    const grid = frame.getByRole("grid", { name: "Read, 26 weeks" });
    await tabTo(page, grid);
    const active = async () =>
      await frame.evaluate(
        `document.getElementById(document.activeElement.getAttribute("aria-activedescendant")).ariaLabel`,
      );
    assert.equal(await active(), "today: 1 of 2");
    await page.keyboard.press("ArrowLeft");
    assert.match(String(await active()), /^Sun,? 22 Feb: 1 of 2$/);
    await frame.getByText(/^Read – Sun,? 22 Feb: 1 of 2$/).waitFor();
    await page.keyboard.press("ArrowUp");
    assert.match(String(await active()), /^Sat,? 21 Feb: 0 of 2$/);
    await page.keyboard.press("Home");
    assert.match(String(await active()), /^Mon,? 1 Sept? 2025: 0 of 2$/);
    await page.keyboard.press("ArrowLeft");
    assert.match(String(await active()), /^Mon,? 1 Sept? 2025: 0 of 2$/, "nothing is before it");
    await page.keyboard.press("End");
    assert.equal(await active(), "today: 1 of 2");
    await tabTo(page, frame.locator("summary"));
    await page.keyboard.press("Enter");
    assert.match(
      (await frame.locator(".list li").allInnerTexts()).join(),
      /^today: 1 of 2,Sun,? 22 Feb: 1 of 2$/,
    );
  },
);

Deno.test(
  "habits: logged at once, read again first, and taken back; put back with words where the gateway says no",
  options,
  async () => {
    await using place = await createViewPlace("habits_overview");
    await addHabit(place, "read", { title: "Read" });
    let isRefusing = false;
    await using host = await place.open(BERLIN, {
      call: (name, args) =>
        isRefusing && name === "habits_log"
          ? Promise.resolve({
            content: [{ type: "text", text: "Not now: the budget of this app is spent." }],
            isError: true,
          })
          : place.call(name, args),
    });
    const { page, view: { frame, calls, told } } = host;
    const log = frame.getByRole("button", { name: "Log today: Read" });
    await tabTo(page, log);
    await page.keyboard.press("Enter");
    await frame.getByText("Logged: Read").waitFor();
    assert.deepEqual(calls.map(({ name }) => name), ["habits_overview", "habits_log"]);
    assert.equal(await cell(frame, "2026-03-01"), "today: done");
    assert.match(told.join(), /^In the view of habits the person logged the habit read for 2026-03-01\.$/);
    await tabTo(page, frame.getByRole("button", { name: "Undo" }));
    await page.keyboard.press("Enter");
    await frame.getByText("Taken back: Read").waitFor();
    assert.equal(await cell(frame, "2026-03-01"), "today: not done");
    isRefusing = true;
    await log.click();
    await frame.getByRole("alert").getByText("Not now: the budget of this app is spent.").waitFor();
    assert.equal(await cell(frame, "2026-03-01"), "today: not done");
    isRefusing = false;
    await place.call("habits_update", { id: "read", title: "Read aloud" });
    await log.click();
    await frame.getByText("This habit was changed elsewhere, so nothing was logged.").waitFor();
    const { structuredContent } = await place.call("habits_logs", {});
    assert.deepEqual(Object(structuredContent).logs, []);
    assertQuiet(place);
  },
);

Deno.test(
  "habits: a host that hands no calls on shows the weeks and logs nothing; old data goes inert",
  options,
  async () => {
    await using place = await createViewPlace("habits_overview");
    await addHabit(place, "Read", {}, [0, 1]);
    {
      await using host = await openViewHost(place.browser, { html: HABITS_HTML, now: place.world.clock.now });
      await host.view.show(await place.call("habits_overview", BERLIN), BERLIN);
      await host.view.frame.getByText("Read", { exact: true }).first().waitFor();
      assert.equal(await host.view.frame.getByRole("button").count(), 0);
      assert.equal(await cell(host.view.frame, "2026-03-01"), "today: done");
      await assertViewLooks(host, "habits-read-only");
      const { structuredContent } = await place.call("habits_overview", BERLIN);
      const more = { ...Object(structuredContent), hasMore: true, nextCursor: "x" };
      await host.view.show({ content: [], structuredContent: more }, BERLIN);
      await host.view.frame.getByText("There are more habits than are shown here.").waitFor();
      assert.equal(await host.view.frame.getByRole("button").count(), 0);
    }
    await using host = await place.open(BERLIN);
    const { page, view: { frame, calls } } = host;
    const log = frame.getByRole("button", { name: "Log today: Read" });
    await log.waitFor();
    await page.clock.fastForward("10:01");
    await frame.locator("[data-writes]:disabled").waitFor();
    // A frame that slept through the ten minutes wakes with its buttons as they were: the press itself looks at the time.
    await frame.evaluate("document.querySelector('[data-writes]').disabled = false");
    await log.click();
    await frame.getByText(OLD).waitFor();
    assert.equal(calls.length, 0);
    await frame.getByRole("button", { name: "Refresh" }).click();
    await frame.locator("[data-writes]:enabled").waitFor();
    await log.click();
    await frame.getByText("Logged: Read").waitFor();
    await page.clock.fastForward("10:01");
    await frame.getByRole("button", { name: "Undo" }).click();
    await frame.getByText(OLD).waitFor();
    assert.deepEqual(calls.map(({ name }) => name), ["habits_overview", "habits_overview", "habits_log"]);
    assertQuiet(place);
  },
);

const OLD = "What you see is more than ten minutes old. Refresh before you change anything.";

Deno.test(
  "habits: a second press while the first is on its way makes no second entry",
  options,
  async () => {
    await using place = await createViewPlace("habits_overview");
    await addHabit(place, "Read", {});
    const late = Promise.withResolvers<void>();
    await using host = await place.open(BERLIN, {
      call: async (name, args) => {
        if (name === "habits_log") await late.promise;
        return await place.call(name, args);
      },
    });
    const { frame, calls } = host.view;
    const log = frame.getByRole("button", { name: "Log today: Read" });
    await log.click();
    await until("the entry is on its way", () => Promise.resolve(calls.length === 2));
    await log.click();
    late.resolve();
    await frame.getByText("Logged: Read").waitFor();
    assert.deepEqual(calls.map(({ name }) => name), ["habits_overview", "habits_log"]);
    assertQuiet(place);
  },
);

Deno.test(
  "habits: whatever stands in a record is shown as text, and shapes that no tool gives break nothing",
  options,
  async () => {
    await using place = await createViewPlace("habits_overview");
    for (const [order, title] of [...HOSTILE, "long ".repeat(99)].entries()) {
      await addHabit(place, `h${order}`, { title, order, color: "red;}*{display:none" }, [0]);
    }
    await using host = await place.open(BERLIN);
    const { frame } = host.view;
    await frame.getByRole("button", { name: "Show 3 more" }).click();
    const shown = await frame.locator("h2").allTextContents();
    assert.deepEqual(shown, [...HOSTILE, "long ".repeat(40)]);
    assert.equal(await frame.evaluate("document.title"), "Habits");
    assert.equal(await frame.evaluate("document.querySelectorAll('img, b, main script').length"), 0);
    await host.page.setViewportSize({ width: 352, height: 900 });
    await untilHolds(frame, "document.documentElement.clientWidth === 320");
    assert.equal(await frame.evaluate("document.documentElement.scrollWidth"), 320);
    const habit = {
      id: "x",
      weeks: { "2026-02-23": [1, "2", -1, 1e9], nonsense: [1], "2026-02-16": 3 },
      targetPerDay: "many",
      streak: "long",
    };
    const data = {
      from: "2026-02-23",
      until: "2026-03-01",
      timeZone: "UTC",
      habits: [habit, null, 5, {}],
      hasMore: 1,
    };
    await host.view.show({ content: [], structuredContent: data });
    await frame.getByText("Habit without a title").first().waitFor();
    await host.view.show({ content: [], structuredContent: { ...data, from: "x" } });
    await frame.getByText("This answer cannot be shown here.").waitFor();
    await host.view.show({ content: [], structuredContent: { ...data, habits: [] } });
    await frame.getByText("No habits here.").waitFor();
    assertQuiet(place);
  },
);
