// The week's agenda: what `calendar_list` answered, day by day, and the tasks that are due where the call asked for tasks as well.
import { type JsonObject, objectsOf, textOf, textsOf } from "../host/parse.ts";
import { dayAfter, todayIn } from "../kit/days.ts";
import { html } from "../kit/element.ts";
import { showFirst } from "../kit/first_rows.ts";
import { type Frame, startView } from "../kit/start_view.ts";
import { writersOf } from "../kit/writers.ts";
import { dayPart, type DueTask } from "./day_part.ts";
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
    drawWeek(frame, week, async (days, back) => {
      const { cursor: _, ...others } = frame.host.input;
      const from = dayAfter(week.from, days);
      const input = { ...others, from, to: dayAfter(from, 6) };
      const next = await readWeek(frame, input);
      if (typeof next === "string") return frame.say(next);
      frame.say("");
      turned = input;
      draw(frame, next);
      frame.body.querySelector<HTMLElement>(back)?.focus();
    });
  return {
    name: "week",
    title: "Week",
    tool: "calendar_list",
    refreshArguments: ({ cursor: _, ...input }) => turned ?? input,
    draw(frame, data, meta) {
      const asked = textOf((turned ?? frame.host.input).from);
      const from = asked ?? textOf(frame.host.input.to) ?? todayIn(zoneOf(frame));
      const week = {
        from,
        entries: entriesOf(data),
        tasks: [],
        writers: writersOf(meta),
        hasMore: data.hasMore === true,
      };
      draw(frame, week);
      if (!asksForTasks(frame)) return;
      void readTasks(frame, from).then(({ tasks, writers }) => {
        // Another week may be in sight by now.
        if (frame.body.dataset.week !== from || tasks.length === 0) return;
        draw(frame, { ...week, tasks, writers: new Map([...week.writers, ...writers]) });
      });
    },
  };
}

interface Week {
  /** The first of its seven days. */
  readonly from: string;
  readonly entries: readonly Entry[];
  readonly tasks: readonly DueTask[];
  readonly writers: ReadonlyMap<string, string>;
  readonly hasMore: boolean;
}

function drawWeek(frame: Frame, week: Week, turn: (days: number, back: string) => Promise<void>): void {
  const { host, body } = frame;
  const today = todayIn(zoneOf(frame));
  const days = [0, 1, 2, 3, 4, 5, 6].map((at) => dayAfter(week.from, at));
  const parts = days.map((day) => dayPart({ ...week, day, today, locale: host.locale }));
  const go = (words: string, sign: string, by: number, name: string) =>
    html("button", {
      attributes: { type: "button", class: name, "aria-label": words, title: words, hidden: !host.canCall },
      on: { click: () => void turn(by, `.${name}`) },
    }, sign);
  body.dataset.week = week.from;
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
  const more = showFirst(parts.flatMap(({ rows }) => rows), FIRST_ROWS);
  if (more !== null) body.append(more);
  if (week.hasMore) {
    body.append(
      html("p", { attributes: { class: "soft" } }, "There is more in this time than is shown here."),
    );
  }
}

/** A week with all its pages and the tasks that are due; words where it cannot be read. */
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
  const due = asksForTasks(frame) ? await readTasks(frame, input.from) : { tasks: [], writers: new Map() };
  return {
    from: input.from,
    entries,
    tasks: due.tasks,
    writers: new Map([...writers, ...due.writers]),
    hasMore: hasMore === true,
  };
}

/** The open tasks that are due in the week; none where they may not be read. */
async function readTasks({ host }: Frame, from: string): Promise<Pick<Week, "tasks" | "writers">> {
  const { space } = host.input;
  const range = { from, to: dayAfter(from, 6), state: "open", ...(space === undefined ? {} : { space }) };
  const answer = await host.call("todo_list", range);
  if (answer.kind !== "done") return { tasks: [], writers: new Map() };
  const tasks = objectsOf(answer.data.tasks).flatMap(({ id, title, dueDate }) => {
    const due = textOf(dueDate);
    return typeof id === "string" && due !== null
      ? [{ id, title: textOf(title), due: due.slice(0, 10) }]
      : [];
  });
  return { tasks, writers: writersOf(answer.meta) };
}

/** Whether the call that the view belongs to asked for tasks, and can be made again from here. */
function asksForTasks({ host }: Frame): boolean {
  return host.canCall && textsOf(host.input.also).includes("todo");
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
