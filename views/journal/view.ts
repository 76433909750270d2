// The journal as a month: what `journal_calendar` answered, moods by day. A text is read when its day is pressed, and not before.
import type { JsonObject } from "../host/parse.ts";
import { dayWords } from "../kit/days.ts";
import { button, html } from "../kit/element.ts";
import { type Frame, startView } from "../kit/start_view.ts";
import { showEntries } from "./entry.ts";
import { firstWeekday, type JournalDay, lastOf, type Month, monthAfter, monthOf, weeksOf } from "./month.ts";
import { moodSymbol, moodWord } from "./mood.ts";

void startView(journalPart());

function journalPart(): Parameters<typeof startView>[0] {
  /** The month that the person has turned to; a refresh stays there. */
  let turned: JsonObject | null = null;
  const draw = (frame: Frame, month: Month) =>
    drawMonth(frame, month, async (months, back) => {
      const first = monthAfter(month.first, months);
      const { from: _from, to: _to, ...others } = frame.host.input;
      const input = { ...others, from: first, to: lastOf(first) };
      const answer = await frame.host.call("journal_calendar", input);
      if (answer.kind !== "done") return frame.say(answer.words);
      frame.say("");
      turned = input;
      draw(frame, { ...monthOf(answer.data), first });
      frame.body.querySelector<HTMLElement>(back)?.focus();
    });
  return {
    name: "journal",
    title: "Journal",
    tool: "journal_calendar",
    refreshArguments: (input) => turned ?? input,
    draw: (frame, data) => draw(frame, monthOf(data)),
  };
}

/** Draws a month. `turn` goes to another one, and to the button that was pressed. */
function drawMonth(
  frame: Frame,
  month: Month,
  turn: (months: number, back: string) => Promise<void>,
): void {
  const { host, body } = frame;
  const panel = html("section", { attributes: { class: "panel", hidden: true, "aria-live": "polite" } });
  const format = (options: Intl.DateTimeFormatOptions, day: string) =>
    new Intl.DateTimeFormat(host.locale, { timeZone: "UTC", ...options }).format(
      Date.parse(`${day}T12:00:00Z`),
    );
  const go = (words: string, sign: string, months: number, name: string) =>
    html("button", {
      attributes: { type: "button", class: name, "aria-label": words, title: words, hidden: !host.canCall },
      on: { click: () => void turn(months, `.${name}`) },
    }, sign);
  const heading = html(
    "h2",
    { attributes: { id: "month" } },
    format({ month: "long", year: "numeric" }, month.first),
  );
  const start = firstWeekday(host.locale);
  const head = [0, 1, 2, 3, 4, 5, 6].map((at) => {
    // 4 January 2026 was a Sunday.
    const day = `2026-01-${String(4 + (start + at) % 7).padStart(2, "0")}`;
    return html(
      "th",
      { attributes: { scope: "col", abbr: format({ weekday: "long" }, day) } },
      format({ weekday: "short" }, day),
    );
  });
  const rows = weeksOf(month.first, host.locale).map((week) =>
    html(
      "tr",
      {},
      ...week.map((day) => html("td", {}, day === null ? null : dayCell(frame, month, day, panel))),
    )
  );
  body.replaceChildren(
    html(
      "div",
      { attributes: { class: "months" } },
      go("Previous month", "‹", -1, "previous"),
      heading,
      go("Next month", "›", 1, "next"),
    ),
    html(
      "table",
      { attributes: { "aria-labelledby": "month" } },
      html("thead", {}, html("tr", {}, ...head)),
      html("tbody", {}, ...rows),
    ),
    legend(month),
    panel,
  );
}

/** A day: a button where it has entries that can be read, else only what is known of it. */
function dayCell(frame: Frame, month: Month, day: string, panel: HTMLElement): HTMLElement {
  const { host } = frame;
  const number = html(
    "span",
    { attributes: { class: day === month.today ? "number today" : "number" } },
    String(Number(day.slice(8))),
  );
  const found = month.days.get(day);
  if (found === undefined) {
    const isKnown = day >= month.from && day <= month.to;
    return html("div", { attributes: { class: isKnown ? "day" : "day unknown" } }, number);
  }
  const mood = found.entries.map((entry) => entry.mood).filter((one) => one !== null).at(-1) ?? null;
  const words = labelOf(found, month.today, host.locale);
  const inside = [
    number,
    mood === null ? html("span", { attributes: { class: "mark", "aria-hidden": "true" } }) : moodSymbol(mood),
    // By its style: text in a button has to be in its name, and the name has the number in words.
    found.count > 1
      ? html("span", { attributes: { class: "count", "data-count": found.count, "aria-hidden": "true" } })
      : null,
  ];
  if (!host.canCall) {
    return html("div", { attributes: { class: "day has", role: "img", "aria-label": words } }, ...inside);
  }
  const press = html("button", {
    attributes: { type: "button", class: "day has", "aria-label": words, "aria-expanded": "false" },
    on: { click: () => openDay(frame, found, press, panel) },
  }, ...inside);
  return press;
}

/** Shows the entries of a day below the month; a second press closes them. */
function openDay(frame: Frame, day: JournalDay, press: HTMLElement, panel: HTMLElement): void {
  const wasOpen = press.getAttribute("aria-expanded") === "true";
  for (const one of frame.body.querySelectorAll("[aria-expanded]")) {
    one.setAttribute("aria-expanded", "false");
  }
  panel.hidden = wasOpen;
  panel.replaceChildren();
  if (wasOpen) return;
  press.setAttribute("aria-expanded", "true");
  const long = new Intl.DateTimeFormat(frame.host.locale, { timeZone: "UTC", dateStyle: "full" });
  const entries = html("div", { attributes: { class: "entries" } });
  panel.append(
    html(
      "div",
      { attributes: { class: "panel-head" } },
      html("h3", {}, long.format(Date.parse(`${day.day}T12:00:00Z`))),
      button("Close", () => {
        openDay(frame, day, press, panel);
        press.focus();
      }, { class: "quiet" }),
    ),
    entries,
  );
  void showEntries(frame.host, day, entries, () => press.getAttribute("aria-expanded") === "true");
}

/** "Tue 3 Mar: 2 entries, grateful, 120 words". */
function labelOf({ day, count, entries }: JournalDay, today: string, locale: string): string {
  const moods = [...new Set(entries.flatMap(({ mood }) => mood === null ? [] : [moodWord(mood)]))];
  const words = entries.reduce((sum, entry) => sum + (entry.words ?? 0), 0);
  const name = new Intl.DateTimeFormat(locale, {
    timeZone: "UTC",
    weekday: "short",
    day: "numeric",
    month: "short",
  })
    .format(Date.parse(`${day}T12:00:00Z`));
  return `${day === today ? `${dayWords(day, today, locale)}, ${name}` : name}: ${
    [
      count === 1 ? "1 entry" : `${count} entries`,
      ...moods,
      words === 0 ? null : words === 1 ? "1 word" : `${words} words`,
    ].filter((part) => part !== null).join(", ")
  }`;
}

/** The moods of the month with their words, and how much there is. */
function legend({ first, days, nextFrom }: Month): HTMLElement {
  const ofMonth = [...days.values()].filter(({ day }) => day.startsWith(first.slice(0, 8)));
  const counts = new Map<string, number>();
  for (const { mood } of ofMonth.flatMap(({ entries }) => entries)) {
    if (mood !== null) counts.set(mood, (counts.get(mood) ?? 0) + 1);
  }
  const entries = ofMonth.reduce((sum, { count }) => sum + count, 0);
  const total = entries === 0
    ? "No entries in this month."
    : `${entries === 1 ? "1 entry" : `${entries} entries`} on ${
      ofMonth.length === 1 ? "1 day" : `${ofMonth.length} days`
    }`;
  return html(
    "div",
    { attributes: { class: "legend" } },
    html("p", {}, total),
    html(
      "ul",
      {},
      ...[...counts].sort(([, a], [, b]) => b - a).slice(0, MOST_MOODS).map(([mood, count]) =>
        html(
          "li",
          {},
          moodSymbol(mood),
          html("span", { attributes: { dir: "auto" } }, `${moodWord(mood)} ${count}`),
        )
      ),
    ),
    nextFrom === null ? null : html("p", {}, "There are more entries than are shown here."),
  );
}

/** Words of others besides the app's eight. */
const MOST_MOODS = 10;
