/** The week's agenda in the official host of MCP Apps, in a browser, over the real gateway. */
import assert from "node:assert/strict";
import { WEEK_HTML } from "../../../tools/views/week_html.ts";
import { browserOptions } from "../_chromium.ts";
import { tabTo } from "../_keyboard.ts";
import { until } from "../_until.ts";
import { assertViewLooks, openViewHost } from "../_view_host.ts";
import { assertQuiet, createViewPlace, HOSTILE, type ViewPlace } from "./_place.ts";

const options = await browserOptions();

const INPUT = { from: "2026-03-02", to: "2026-03-08", also: ["todo"], timeZone: "Europe/Berlin" };

async function add(
  place: ViewPlace,
  title: string,
  startDate: string,
  endDate?: string,
  more = {},
): Promise<void> {
  const answer = await place.call("calendar_create", {
    title,
    startDate,
    ...(endDate === undefined ? {} : { endDate }),
    timeZone: "Europe/Berlin",
    ...more,
  });
  assert.notEqual(answer.isError, true, JSON.stringify(answer.content));
}

/** What a day says, row by row. */
async function rowsOf(place: Awaited<ReturnType<ViewPlace["open"]>>, day: RegExp): Promise<string[]> {
  const rows = await place.view.frame.locator("section", {
    has: place.view.frame.getByRole("heading", { name: day }),
  })
    .locator("li").allInnerTexts();
  return rows.map((row) => row.replaceAll(/\s+/g, " ").trim());
}

Deno.test(
  "week: seven days with whole days first, times over each other and past midnight; what is due once that is pressed",
  options,
  async () => {
    await using place = await createViewPlace("calendar_list");
    await add(place, "Dentist", "2026-03-02T09:00", "2026-03-02T10:00", { location: "Hauptstrasse 3" });
    await add(place, "Call with Eva", "2026-03-02T09:30", "2026-03-02T10:30");
    await add(place, "Fair", "2026-03-03", "2026-03-05");
    await add(place, "Night train", "2026-03-06T22:15", "2026-03-07T06:40");
    await place.call("todo_create", { title: "Pay the rent", dueDate: "2026-03-03" });
    await using host = await place.open(INPUT);
    const { page, view: { frame, heights, calls } } = host;
    await frame.getByText("Dentist").waitFor();
    await until("the height is told", () => Promise.resolve(heights.length > 0));
    assert.ok((heights.at(-1) ?? 999) <= 620, String(heights));
    const more = frame.getByRole("button", { name: /^Show \d+ more$/ });
    if (await more.count() > 0) await more.click();
    assert.deepEqual(await rowsOf(host, /Tue/), ["All day Fair day 1 of 3"]);
    assert.deepEqual(calls, [], "the call asked for the calendar, so nothing is read by itself");
    await tabTo(page, frame.getByRole("button", { name: "Show to-dos that are due" }));
    await page.keyboard.press("Enter");
    await frame.getByText("1 to-do is due in this week.").waitFor();
    assert.equal(await frame.evaluate("document.activeElement.textContent"), "1 to-do is due in this week.");
    assert.deepEqual(calls.map(({ name, args }) => [name, args]), [
      ["todo_list", { from: "2026-03-02", to: "2026-03-08", state: "open" }],
    ]);
    assert.deepEqual(await rowsOf(host, /Mon/), [
      "09:00 – 10:00 Dentist Hauptstrasse 3 overlaps another time",
      "09:30 – 10:30 Call with Eva overlaps another time",
    ]);
    assert.deepEqual(await rowsOf(host, /Tue/), ["Due Pay the rent Task", "All day Fair day 1 of 3"]);
    assert.deepEqual(await rowsOf(host, /Thu/), ["All day Fair day 3 of 3"]);
    assert.deepEqual(await rowsOf(host, /Fri/), ["from 22:15 Night train until 06:40 the next day"]);
    assert.deepEqual(await rowsOf(host, /Sat/), ["until 06:40 Night train goes on from the day before"]);
    assert.equal(await frame.getByText("Nothing planned").count(), 1);
    await assertViewLooks(host, "week");
    assertQuiet(place);
  },
);

Deno.test(
  "week: the next week by its button, in the language and the times of the host; a refresh stays there",
  options,
  async () => {
    await using place = await createViewPlace("calendar_list");
    await add(place, "Dentist", "2026-03-10T14:00", "2026-03-10T15:00");
    await using host = await place.open({ from: "2026-03-02", to: "2026-03-08" }, {
      context: { locale: "en-US" },
    });
    const { page, view: { frame, calls } } = host;
    await frame.getByText("Nothing planned").nth(6).waitFor();
    await tabTo(page, frame.getByRole("button", { name: "Next week" }));
    await page.keyboard.press("Enter");
    await frame.getByText("Dentist").waitFor();
    assert.match(
      (await rowsOf(host, /Tue/)).join(),
      /^1:00\sPM – 2:00\sPM Dentist$/,
      "the person's zone is UTC here",
    );
    assert.equal(await frame.evaluate("document.activeElement.ariaLabel"), "Next week");
    await frame.getByRole("button", { name: "Refresh" }).click();
    await frame.getByText("Dentist").waitFor();
    assert.deepEqual(calls.map(({ name, args }) => [name, args.from, args.to]), [
      ["calendar_list", "2026-03-09", "2026-03-15"],
      ["calendar_list", "2026-03-09", "2026-03-15"],
    ]);
    assert.equal(
      await frame.getByRole("button", { name: "Show to-dos that are due" }).count(),
      0,
      "the call took no to-dos along",
    );
    assertQuiet(place);
  },
);

Deno.test(
  "week: to-dos are read by a press alone, in each week anew, and a refusal is told in words",
  options,
  async () => {
    await using place = await createViewPlace("calendar_list");
    await place.call("todo_create", { title: "Pay the rent", dueDate: "2026-03-09" });
    let isRefusing = true;
    await using host = await place.open(INPUT, {
      call: (name, args) =>
        name === "todo_list" && isRefusing
          ? Promise.resolve({
            content: [{ type: "text", text: "This app may not see to-dos." }],
            isError: true,
          })
          : place.call(name, args),
    });
    const { frame, calls } = host.view;
    const show = frame.getByRole("button", { name: "Show to-dos that are due" });
    await show.click();
    await frame.getByText("This app may not see to-dos.").waitFor();
    assert.equal(await show.isEnabled(), true);
    isRefusing = false;
    await show.click();
    await frame.getByText("No to-do is due in this week.").waitFor();
    assert.equal(await show.count(), 0);
    await frame.getByRole("button", { name: "Next week" }).click();
    await show.waitFor();
    assert.equal(await frame.getByText("Pay the rent").count(), 0);
    await show.click();
    await frame.getByText("Pay the rent").waitFor();
    await frame.getByRole("button", { name: "Refresh" }).click();
    await show.waitFor();
    assert.deepEqual(calls.map(({ name, args }) => [name, args.from]), [
      ["todo_list", "2026-03-02"],
      ["todo_list", "2026-03-02"],
      ["calendar_list", "2026-03-09"],
      ["todo_list", "2026-03-09"],
      ["calendar_list", "2026-03-09"],
    ]);
    assertQuiet(place);
  },
);

Deno.test(
  "week: what comes late for a week that was left is not shown, and of a week no more than five pages are read",
  options,
  async () => {
    await using place = await createViewPlace("calendar_list");
    await place.call("todo_create", { title: "Pay the rent", dueDate: "2026-03-03" });
    const late = Promise.withResolvers<void>();
    let isEndless = false;
    await using host = await place.open(INPUT, {
      call: async (name, args) => {
        if (isEndless && name === "calendar_list") {
          return { content: [], structuredContent: { entries: [], hasMore: true, nextCursor: "next" } };
        }
        if (name === "todo_list") await late.promise;
        return await place.call(name, args);
      },
    });
    const { frame, calls } = host.view;
    const show = frame.getByRole("button", { name: "Show to-dos that are due" });
    await show.click();
    await until("the tasks are asked for", () => Promise.resolve(calls.length === 1));
    await frame.getByRole("button", { name: "Next week" }).click();
    await frame.getByText(/^9\s?–\s?15 Mar 2026$/).waitFor();
    late.resolve();
    await show.click();
    await frame.getByText("No to-do is due in this week.").waitFor();
    await frame.getByText(/^9\s?–\s?15 Mar 2026$/).waitFor();
    assert.equal(await frame.getByText("Pay the rent").count(), 0);
    isEndless = true;
    const before = calls.length;
    await frame.getByRole("button", { name: "Next week" }).click();
    await frame.getByText("There is more in this time than is shown here.").waitFor();
    assert.deepEqual(calls.slice(before).map(({ name, args }) => [name, args.cursor]), [
      ["calendar_list", undefined],
      ...[1, 2, 3, 4].map(() => ["calendar_list", "next"]),
    ]);
    assertQuiet(place);
  },
);

Deno.test(
  "week: a host that hands no calls on shows the week; hostile texts are texts; others' events are marked",
  options,
  async () => {
    await using place = await createViewPlace("calendar_list");
    for (const [at, title] of HOSTILE.entries()) {
      await add(
        place,
        title,
        `2026-03-0${2 + at}T09:00`,
        `2026-03-0${2 + at}T10:00`,
      );
    }
    await using host = await openViewHost(place.browser, { html: WEEK_HTML, now: place.world.clock.now });
    const { frame } = host.view;
    const answer = await place.call("calendar_list", INPUT);
    await host.view.show(answer, INPUT);
    await frame.locator(".title").nth(HOSTILE.length - 1).waitFor();
    assert.equal(await frame.getByRole("button").count(), 0);
    assert.deepEqual(await frame.locator(".title").allTextContents(), [...HOSTILE]);
    assert.equal(await frame.evaluate("document.title"), "Week");
    assert.equal(await frame.evaluate("document.querySelectorAll('img, b, main script').length"), 0);
    await assertViewLooks(host, "week-read-only");
    const entry = {
      id: "a",
      title: "Ours",
      start: "2026-03-02T23:00+01:00",
      end: "2026-03-03T00:00+01:00",
      allDay: false,
    };
    const odd = [{ id: "b", start: "never" }, null, 7, { start: "2026-03-02" }, {
      id: "c",
      start: "2026-03-04",
      allDay: "x",
      module: "__proto__",
    }];
    await host.view.show({
      content: [],
      structuredContent: { entries: [entry, ...odd], hasMore: true },
      _meta: { "mana/provenance": { rows: { a: ["member"] } } },
    }, INPUT);
    await frame.getByText("Written by somebody else in this space").waitFor();
    await frame.getByText("There is more in this time than is shown here.").waitFor();
    assert.deepEqual(await rowsOf(host, /Mon/), [
      "23:00 – 00:00 Ours Written by somebody else in this space",
    ]);
    assert.deepEqual(await rowsOf(host, /Tue/), [], "what ends at midnight has nothing of the next day");
    assert.deepEqual(await rowsOf(host, /Wed/), ["All day Busy"]);
    assertQuiet(place);
  },
);
