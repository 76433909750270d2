// What people think of each module, week by week, over all personas.
import type { ModuleView } from "./module_weeks.ts";
import { counted } from "./tick_words.ts";
import { TrendLine } from "./trend_line.tsx";
import { showRating, weekWords } from "./trend_words.ts";

/** The section; a module that got worse for two weeks or longer stands out. */
export function ModuleTrends({ modules }: { readonly modules: readonly ModuleView[] }) {
  return (
    <section aria-labelledby="modules">
      <h2 id="modules">Modules</h2>
      <p class="soft">The average of everybody’s ratings, from 1 to 5, by week.</p>
      <ul class="rows">
        {modules.map(({ module, weeks }) => {
          const last = weeks.at(-1);
          if (last === undefined) return null;
          const words = weekWords(weeks);
          return (
            <li key={module}>
              <span class="name">{module}</span>
              <b>{showRating(last.avgRating)}</b>
              <TrendLine
                values={weeks.map(({ avgRating }) => avgRating)}
                of={`${module} in ${counted(weeks.length, "week")}`}
              />
              <span class={/^worse for/.test(words) ? "alarm" : "soft"}>
                {words}, {counted(last.ratings, "rating")}
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
