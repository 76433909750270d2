// The report: everybody's last tick as a card, and every module's ratings week by week.
import { Ending } from "./ending.tsx";
import { Layout, type RunnerView } from "./layout.tsx";
import { ModuleTrends } from "./module_trends.tsx";
import type { PersonaView, ReportView } from "./report_view.ts";
import { capitalised, counted, gradeOf } from "./tick_words.ts";
import { TrendLine } from "./trend_line.tsx";
import { showRating } from "./trend_words.ts";

/** The page. */
export function ReportPage({ view, runner }: ReportPageProps) {
  const { people, modules, totals } = view;
  return (
    <Layout title="Who worked, and how it went" runner={runner} isHome>
      {totals.people === 0
        ? <NobodyYet />
        : totals.worked === 0
        ? <NothingYet people={totals.people} />
        : <Totals totals={totals} />}
      {people.length === 0 ? null : (
        <section aria-labelledby="people">
          <h2 id="people">People</h2>
          <ul class="cards">
            {people.map((persona) => <Card key={persona.name} persona={persona} />)}
          </ul>
        </section>
      )}
      {modules.length === 0 ? null : <ModuleTrends modules={modules} />}
    </Layout>
  );
}

/** What the page shows. */
export interface ReportPageProps {
  readonly view: ReportView;
  readonly runner: RunnerView;
}

function NobodyYet() {
  return (
    <div class="lead">
      <p>There are no personas yet.</p>
      <p>
        <code>deno task personas</code> makes the people of the catalogue and has each of them work once;{" "}
        <code>deno task personas seed</code> only makes them.
      </p>
    </div>
  );
}

function NothingYet({ people }: { readonly people: number }) {
  return (
    <div class="lead">
      <p>
        {people === 1 ? "1 persona is there and has" : `${people} personas are there and have`}{" "}
        not worked yet.
      </p>
      <p>
        A runner has them work when they are due. <code>deno task personas --once</code>{" "}
        has everybody work at once, on a folder of its own.
      </p>
    </div>
  );
}

function Totals({ totals }: { readonly totals: ReportView["totals"] }) {
  const { people, worked, ok, refused, brokenChecks, unfinished } = totals;
  return (
    <dl class="totals">
      <div>
        <dt>Who worked</dt>
        <dd>{worked === people ? String(people) : `${worked} of ${people}`}</dd>
      </div>
      <div>
        <dt>Calls done</dt>
        <dd>{String(ok)}</dd>
      </div>
      <div>
        <dt>Calls refused</dt>
        <dd>{String(refused)}</dd>
      </div>
      <div class={brokenChecks > 0 ? "bad" : "good"}>
        <dt>Broken checks</dt>
        <dd>{String(brokenChecks)}</dd>
      </div>
      <div class={unfinished > 0 ? "bad" : "good"}>
        <dt>Unfinished days</dt>
        <dd>{String(unfinished)}</dd>
      </div>
    </dl>
  );
}

function Card({ persona }: { readonly persona: PersonaView }) {
  const { name, archetype, last, ticks, absentModules } = persona;
  const ratings = ticks.flatMap(({ rating }) => rating === null ? [] : [rating]);
  return (
    <li class={`card ${gradeOf(last)}`}>
      <h3>
        <a href={`/personas/${name}`}>{capitalised(name)}</a> <span class="soft">{archetype}</span>
      </h3>
      <p>
        <Ending tick={last} />
      </p>
      {last === null ? null : (
        <p>
          {counted(last.ok, "call")} done, {String(last.refused)} refused
        </p>
      )}
      {last === null || last.brokenChecks.length === 0 ? null : (
        <p class="alarm">
          {counted(last.brokenChecks.length, "broken check")}: {[...new Set(last.brokenChecks)].join(", ")}
        </p>
      )}
      {absentModules.length === 0 ? null : (
        <p class="soft">
          Notes and to-dos stand in for {absentModules.join(", ")}, which the gateway does not offer.
        </p>
      )}
      {ratings.length === 0 ? null : (
        <p class="rated">
          <span>
            <b>{showRating(ratings.at(-1) ?? 0)}</b> of 5
          </span>
          <TrendLine
            values={ratings}
            of={`${capitalised(name)}’s ratings of the last ${counted(ratings.length, "tick")}`}
          />
        </p>
      )}
    </li>
  );
}
