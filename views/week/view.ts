// The week's agenda: what `calendar_list` answered, day by day, and the tasks that are due once the person asks for them.
import { type JsonObject, textOf } from "../host/parse.ts";
import { dayAfter, todayIn } from "../kit/days.ts";
import { button, html } from "../kit/element.ts";
import { showFirst } from "../kit/first_rows.ts";
import { type Frame, startView } from "../kit/start_view.ts";
import { writersOf } from "../kit/writers.ts";
import { dayPart } from "./day_part.ts";
import { canShowDue, type DueTasks, dueWords, readDueTasks } from "./due_tasks.ts";
import { entriesOf, type Entry } from "./entry.ts";

/** So many rows, beside seven headings, stay below 500 CSS pixels. */
const FIRST_ROWS = 5;
/** Pages that are read of one week: more entries are said to be more. */
const MOST_PAGES = 5;

void startView(weekPart());

function weekPart(): Parameters<typeof startView>[0] {
  /** The week that the person has turned to; a refresh stays there. */
  let turned: JsonObject | null = null;
  const draw = (frame: Frame, week: Week) =>
    drawWeek(frame, week, {
      async turn(days, back) {
        const { cursor: _, ...others } = frame.host.input;
        const from = dayAfter(week.from, days);
        const input = { ...others, from, to: dayAfter(from, 6) };
        const next = await readWeek(frame, input);
        if (typeof next === "string") return frame.say(next);
        frame.say("");
        turned = input;
        draw(frame, next);
        frame.body.querySelector<HTMLElement>(back)?.focus();
      },
      async showDue(pressed) {
        pressed.disabled = true;
        const due = await readDueTasks(frame.host, week.from);
        // Another week, or this one anew, may be in sight by now.
        if (!pressed.isConnected) return;
        if (typeof due === "string") {
          pressed.disabled = false;
          pressed.focus();
          return frame.say(due);
        }
        frame.say("");
        draw(frame, { ...week, due, writers: new Map([...week.writers, ...due.writers]) });
        frame.body.querySelector<HTMLElement>(".due")?.focus();
      },
    });
  return {
    name: "week",
    title: "Week",
    tool: "calendar_list",
    refreshArguments: ({ cursor: _, ...input }) => turned ?? input,
    draw(frame, data, meta) {
      const asked = textOf((turned ?? frame.host.input).from);
      const from = asked ?? textOf(frame.host.input.to) ?? todayIn(zoneOf(frame));
      draw(frame, {
        from,
        entries: entriesOf(data),
        due: null,
        writers: writersOf(meta),
        hasMore: data.hasMore === true,
      });
    },
  };
}

interface Week {
  /** The first of its seven days. */
  readonly from: string;
  readonly entries: readonly Entry[];
  /** Null until the person asks what is due. */
  readonly due: DueTasks | null;
  readonly writers: ReadonlyMap<string, string>;
  readonly hasMore: boolean;
}

interface Acts {
  /** Shows the week so many days later, and puts the keyboard back to where it was. */
  turn(days: number, back: string): Promise<void>;
  showDue(pressed: HTMLButtonElement): Promise<void>;
}

function drawWeek(frame: Frame, week: Week, { turn, showDue }: Acts): void {
  const { host, body } = frame;
  const today = todayIn(zoneOf(frame));
  const days = [0, 1, 2, 3, 4, 5, 6].map((at) => dayAfter(week.from, at));
  const parts = days.map((day) =>
    dayPart({ ...week, tasks: week.due?.tasks ?? [], day, today, locale: host.locale })
  );
  const go = (words: string, sign: string, by: number, name: string) =>
    html("button", {
      attributes: { type: "button", class: name, "aria-label": words, title: words, hidden: !host.canCall },
      on: { click: () => void turn(by, `.${name}`) },
    }, sign);
  body.replaceChildren(
    html(
      "div",
      { attributes: { class: "weeks" } },
      go("Previous week", "‹", -7, "previous"),
      html("p", { attributes: { class: "span" } }, spanOf(days, host.locale)),
      go("Next week", "›", 7, "next"),
    ),
    ...parts.map(({ section }) => section),
  );
  // Whoever asked what is due is shown all of it.
  const more = week.due === null ? showFirst(parts.flatMap(({ rows }) => rows), FIRST_ROWS) : null;
  if (more !== null) body.append(more);
  if (week.due !== null) {
    body.append(html("p", { attributes: { class: "due soft", tabindex: -1 } }, dueWords(week.due)));
  } else if (canShowDue(host)) {
    const show = button("Show to-dos that are due", () => void showDue(show), { class: "quiet" });
    body.append(show);
  }
  if (week.hasMore) {
    body.append(
      html("p", { attributes: { class: "soft" } }, "There is more in this time than is shown here."),
    );
  }
}

/** A week with all its pages; words where it cannot be read. */
async function readWeek(frame: Frame, input: JsonObject & { readonly from: string }): Promise<Week | string> {
  let page = await frame.host.call("calendar_list", input);
  if (page.kind !== "done") return page.words;
  const entries = entriesOf(page.data);
  let writers = writersOf(page.meta);
  let { hasMore, nextCursor } = page.data;
  for (let pages = 1; hasMore === true && typeof nextCursor === "string" && pages < MOST_PAGES; pages++) {
    page = await frame.host.call("calendar_list", { ...input, cursor: nextCursor });
    if (page.kind !== "done") break;
    entries.push(...entriesOf(page.data));
    writers = new Map([...writers, ...writersOf(page.meta)]);
    ({ hasMore, nextCursor } = page.data);
  }
  return { from: input.from, entries, due: null, writers, hasMore: hasMore === true };
}

/** The zone of the call; that of the host where the call named none. */
function zoneOf({ host }: Frame): string {
  const named = textOf(host.input.timeZone);
  try {
    return new Intl.DateTimeFormat("en", { timeZone: named ?? host.timeZone }).resolvedOptions().timeZone;
  } catch {
    return host.timeZone;
  }
}

function spanOf(days: readonly string[], locale: string): string {
  const format = new Intl.DateTimeFormat(locale, {
    timeZone: "UTC",
    day: "numeric",
    month: "short",
    year: "numeric",
  });
  return format.formatRange(Date.parse(`${days[0]}T12:00:00Z`), Date.parse(`${days[6]}T12:00:00Z`));
}
