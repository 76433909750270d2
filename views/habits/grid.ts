// The weeks of a habit as a grid, a column for each week. Tab reaches the grid, the arrow keys go from cell to cell: no cell is large
// enough to be pressed. How full a cell is says as much as its colour does.
import { dayAfter } from "../kit/days.ts";
import { svg } from "../kit/element.ts";
import { nameOf, tickWords } from "./day_words.ts";
import type { Habit } from "./habit.ts";

/** From one cell to the next, in CSS pixels. */
export const PITCH = 15;
/** For the names of the weekdays. */
export const LEFT = 24;
const TOP = 15;
const CELL = 12;

/** What a grid shows. */
export interface GridPart {
  readonly habit: Habit;
  /** Tells the cells of this grid from those of others in the document. */
  readonly key: string;
  readonly mondays: readonly string[];
  readonly until: string;
  readonly today: string;
  readonly locale: string;
  /** Hears which day is pointed at or focused, in words. */
  readonly onDay: (words: string) => void;
}

/** Draws a grid. */
export function habitGrid(part: GridPart): SVGSVGElement {
  const { habit, mondays, until, locale } = part;
  const cells = new Map<string, SVGElement>();
  const rows = WEEKDAYS.map((weekday) => {
    const drawn = mondays.flatMap((monday, column) => {
      const day = dayAfter(monday, weekday);
      if (day > until) return [];
      const cell = dayCell(part, day, column, weekday);
      cells.set(day, cell);
      return [cell];
    });
    return svg("g", { attributes: { role: "row" } }, ...drawn);
  });
  const width = LEFT + mondays.length * PITCH;
  const height = TOP + 7 * PITCH;
  const grid = svg(
    "svg",
    {
      attributes: {
        class: "grid",
        width,
        height,
        viewBox: `0 0 ${width} ${height}`,
        role: "grid",
        tabindex: 0,
        "aria-readonly": "true",
        "aria-label": `${nameOf(habit)}, ${mondays.length} weeks`,
      },
      on: {
        keydown: (event) => {
          const day = event instanceof KeyboardEvent ? stepOf(event.key, at, cells) : null;
          if (day === null) return;
          event.preventDefault();
          go(day);
        },
        focus: () => go(at),
        pointerover: ({ target }) => tell(dayAt(target)),
        click: ({ target }) => go(dayAt(target) ?? at),
      },
    },
    ...rows.filter((row) => row.childElementCount > 0),
    ...monthNames(mondays, locale),
    ...weekdayNames(locale),
  );
  let at = [...cells.keys()].sort().at(-1) ?? until;
  const tell = (day: string | null) => {
    if (day !== null) part.onDay(`${nameOf(habit)} – ${tickWords(habit, day, part.today, locale)}`);
  };
  const go = (day: string) => {
    cells.get(at)?.classList.remove("at");
    at = day;
    cells.get(at)?.classList.add("at");
    grid.setAttribute("aria-activedescendant", cells.get(at)?.id ?? "");
    tell(day);
  };
  return grid;
}

/** The day of the cell that a pointer is over. */
function dayAt(target: EventTarget | null): string | null {
  return target instanceof Element ? target.closest("[data-day]")?.getAttribute("data-day") ?? null : null;
}

const WEEKDAYS = [0, 1, 2, 3, 4, 5, 6] as const;

function dayCell(
  { habit, today, locale, key }: GridPart,
  day: string,
  column: number,
  row: number,
): SVGGElement {
  const [x, y] = [LEFT + column * PITCH, TOP + row * PITCH];
  const count = habit.ticks.get(day) ?? 0;
  const share = Math.min(1, count / (habit.target ?? 1));
  const box = { x: x + 0.5, y: y + 0.5, width: CELL - 1, height: CELL - 1, rx: 2.5 };
  const fill = share * (CELL - 1);
  return svg(
    "g",
    {
      attributes: {
        role: "gridcell",
        id: `${key}-${day}`,
        "data-day": day,
        "aria-label": tickWords(habit, day, today, locale),
        class: day === today ? "cell today" : "cell",
      },
    },
    svg("rect", { attributes: { x: x - 1, y: y - 1, width: PITCH, height: PITCH, class: "reach" } }),
    svg("rect", { attributes: { ...box, class: share > 0 ? "box some" : "box" } }),
    share === 0
      ? null
      : svg("rect", { attributes: { ...box, y: box.y + box.height - fill, height: fill, class: "fill" } }),
    day === today
      ? svg("rect", {
        attributes: { x: x - 1, y: y - 1, width: CELL + 2, height: CELL + 2, rx: 4, class: "now" },
      })
      : null,
  );
}

/** The day that a key leads to; null where it leads nowhere. */
function stepOf(key: string, at: string, cells: ReadonlyMap<string, SVGElement>): string | null {
  const days = [...cells.keys()].sort();
  const by = STEPS[key];
  const day = key === "Home"
    ? days[0]
    : key === "End"
    ? days.at(-1)
    : by === undefined
    ? undefined
    : dayAfter(at, by);
  if (day === undefined) return null;
  return cells.has(day) ? day : at;
}

const STEPS: Readonly<Record<string, number>> = { ArrowUp: -1, ArrowDown: 1, ArrowLeft: -7, ArrowRight: 7 };

/** The months above the first week that begins in them, as far as there is room between two names. */
function monthNames(mondays: readonly string[], locale: string): SVGTextElement[] {
  const month = new Intl.DateTimeFormat(locale, { timeZone: "UTC", month: "short" });
  const begins = mondays.map((monday, column) => mondays[column - 1]?.slice(0, 7) !== monday.slice(0, 7));
  return mondays.flatMap((monday, column) => {
    // The rest of a month at the left edge has no room for a name where the next month begins at once.
    const isShort = begins.slice(column + 1, column + MONTH_COLUMNS).includes(true);
    if (begins[column] !== true || isShort || column > mondays.length - 2) return [];
    const words = month.format(Date.parse(`${monday}T12:00:00Z`));
    return [svg("text", { attributes: { x: LEFT + column * PITCH, y: 10, "aria-hidden": "true" } }, words)];
  });
}

/** Columns that the name of a month takes. */
const MONTH_COLUMNS = 3;

function weekdayNames(locale: string): SVGTextElement[] {
  const weekday = new Intl.DateTimeFormat(locale, { timeZone: "UTC", weekday: "short" });
  return [0, 2, 4].map((row) =>
    svg(
      "text",
      { attributes: { x: 0, y: TOP + row * PITCH + 10, "aria-hidden": "true" } },
      // 1 January 2024 was a Monday.
      weekday.format(Date.UTC(2024, 0, 1 + row, 12)).slice(0, 3),
    )
  );
}
