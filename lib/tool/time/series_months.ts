// Keeps the expanded months of series: the same series is expanded in every listing, and the library takes up to half a
// millisecond for a month of it. Holds rules, starts and days, which are stored in clear; never a text of the person.

import { createBoundedCache } from "../../kit/bounded_cache.ts";
import { SERIES_MONTH_ENTRIES } from "../../kit/limits.ts";
import { addDays } from "./day.ts";
import { demandFewDays, expandSeries, type Occurrence, type Series } from "./series.ts";

/** Expands series, and does so once for each month. */
export interface SeriesMonths {
  /** As {@link expandSeries}. */
  occurrences(series: Series, from: string, to: string): readonly Occurrence[] | null;
}

/** Creates it with nothing kept. */
export function createSeriesMonths(): SeriesMonths {
  const months = createBoundedCache<Month>(SERIES_MONTH_ENTRIES);
  return Object.freeze({
    occurrences(series: Series, from: string, to: string): readonly Occurrence[] | null {
      demandFewDays(from, to);
      const name = `${series.rule}\n${series.start}\n${series.isAllDay}\n${series.timeZone}\n`;
      const found: Occurrence[] = [];
      for (let month = from.slice(0, 7); month <= to.slice(0, 7); month = nextMonth(month)) {
        let kept = months.get(name + month);
        if (kept === undefined) {
          kept = { times: expandSeries(series, `${month}-01`, addDays(`${nextMonth(month)}-01`, -1)) };
          months.set(name + month, kept);
        }
        if (kept.times === null) return null;
        for (const time of kept.times) if (time.day >= from && time.day <= to) found.push(time);
      }
      return found;
    },
  });
}

interface Month {
  readonly times: readonly Occurrence[] | null;
}

function nextMonth(month: string): string {
  return addDays(`${month}-28`, 4).slice(0, 7);
}
