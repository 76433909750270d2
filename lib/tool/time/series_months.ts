// Keeps the expanded months of series: the same series is expanded in every listing, and the library takes up to half a
// millisecond for a month of it. Holds rules, starts and days, which are stored in clear; never a text of the person.

import { createBoundedCache } from "../../kit/bounded_cache.ts";
import { SERIES_MONTH_ENTRIES } from "../../kit/limits.ts";
import { addDays } from "./day.ts";
import { demandFewDays, expandSeries, type Expansion, type Occurrence, type Series } from "./series.ts";

/** Expands series, and does so once for each month. */
export interface SeriesMonths {
  /**
   * As {@link expandSeries}; null also when what is not kept yet would take more work than is left. What was found is kept, so
   * the next call gets further.
   */
  occurrences(series: Series, from: string, to: string, work: SeriesWork): readonly Occurrence[] | null;
}

/** What may still be spent on series for one calendar. */
export interface SeriesWork {
  left: number;
}

/**
 * The work of one calendar: a year of 400 series, at most a second. Rules are other writers' texts, and while one is expanded
 * nobody else is answered.
 */
export function createSeriesWork(): SeriesWork {
  return { left: 3_000 };
}

/** Creates it with nothing kept. */
export function createSeriesMonths(): SeriesMonths {
  const months = createBoundedCache<Expansion>(SERIES_MONTH_ENTRIES);
  return Object.freeze({
    occurrences(series: Series, from: string, to: string, work: SeriesWork): readonly Occurrence[] | null {
      demandFewDays(from, to);
      const name = `${series.rule}\n${series.start}\n${series.isAllDay}\n${series.timeZone}\n`;
      const found: Occurrence[] = [];
      for (let month = from.slice(0, 7); month <= to.slice(0, 7); month = nextMonth(month)) {
        let kept = months.get(name + month);
        if (kept === undefined) {
          if (work.left <= 0) return null;
          kept = expandSeries(series, `${month}-01`, addDays(`${nextMonth(month)}-01`, -1));
          work.left -= kept.work;
          months.set(name + month, kept);
        }
        if (kept.times === null) return null;
        for (const time of kept.times) if (time.day >= from && time.day <= to) found.push(time);
      }
      return found;
    },
  });
}

function nextMonth(month: string): string {
  return addDays(`${month}-28`, 4).slice(0, 7);
}
