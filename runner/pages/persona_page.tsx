// One persona: how the last days went, what was called and what they think of it. Names of tools and notes of ratings, never content.
import { Ending } from "./ending.tsx";
import { Layout, type RunnerView } from "./layout.tsx";
import type { CallView, PersonaView } from "./report_view.ts";
import { capitalised, counted, gradeOf } from "./tick_words.ts";
import { TrendLine } from "./trend_line.tsx";
import { showRating } from "./trend_words.ts";

/** The page. */
export function PersonaPage({ persona, runner }: PersonaPageProps) {
  const { name, archetype, cadence, mix, absentModules, tickCount, last, calls } = persona;
  return (
    <Layout title={capitalised(name)} runner={runner}>
      <dl class="facts">
        <dt>Character</dt>
        <dd>{archetype}</dd>
        <dt>Works</dt>
        <dd>{CADENCES[cadence] ?? cadence}, {counted(tickCount, "tick")} so far</dd>
        <dt>Uses</dt>
        <dd>{mix.join(", ")}</dd>
        {absentModules.length === 0 ? null : (
          <>
            <dt>Not offered</dt>
            <dd>{absentModules.join(", ")}: notes and to-dos stand in for them</dd>
          </>
        )}
        <dt>Last tick</dt>
        <dd>
          <Ending tick={last} />
        </dd>
        {last === null || last.brokenChecks.length === 0 ? null : (
          <>
            <dt>Broken checks</dt>
            <dd class="alarm">{[...new Set(last.brokenChecks)].join(", ")}</dd>
          </>
        )}
      </dl>
      {last === null
        ? (
          <p class="lead">
            {capitalised(name)} has not worked yet. A runner has {capitalised(name)}{" "}
            work as soon as a day is due.
          </p>
        )
        : (
          <>
            <Ratings persona={persona} />
            <LastCalls calls={calls} />
            <Tools persona={persona} />
            <Ticks persona={persona} />
          </>
        )}
    </Layout>
  );
}

/** What the page shows. */
export interface PersonaPageProps {
  readonly persona: PersonaView;
  readonly runner: RunnerView;
}

const CADENCES: Readonly<Record<string, string>> = {
  daily: "every day",
  weekdays: "from Monday to Friday",
  hourly: "every hour",
};

function Ratings({ persona: { ratings } }: { readonly persona: PersonaView }) {
  return (
    <section aria-labelledby="ratings">
      <h2 id="ratings">Ratings</h2>
      {ratings.length === 0 ? <p class="soft">None in the last seven ticks.</p> : (
        <ul class="rows">
          {ratings.map(({ module, rating, notes, trend }) => (
            <li key={module}>
              <span class="name">{module}</span>
              <b>{showRating(rating)}</b>
              <TrendLine values={trend} of={`${module} in ${counted(trend.length, "tick")}`} />
              <span class="soft">{notes ?? ""}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function LastCalls({ calls }: { readonly calls: readonly CallView[] }) {
  return (
    <section aria-labelledby="calls">
      <h2 id="calls">Calls of the last tick</h2>
      {calls.every(({ isOk }) => isOk) ? null : (
        <p class="soft">
          A refusal can be the right answer: to a mistake, to a call that waits for a yes, or to a check that
          looks for what was deleted. Wherever an answer was wrong, a check is broken.
        </p>
      )}
      {calls.length === 0 ? <p class="soft">None.</p> : (
        <ol class="calls">
          {runsOf(calls).map(({ call: { tool, isOk, reason }, times }, index) => (
            <li key={String(index)} class={isOk ? undefined : "refused"}>
              {tool}
              {isOk ? null : ` refused${reason === null ? "" : `: ${reason}`}`}
              {times === 1 ? null : `, ${times} times`}
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

/** Calls that follow each other and came to the same are shown once: a flood of writes is no page of its own. */
function runsOf(calls: readonly CallView[]): readonly { readonly call: CallView; readonly times: number }[] {
  const runs: { call: CallView; times: number }[] = [];
  for (const call of calls) {
    const last = runs.at(-1);
    const isSame = last !== undefined && last.call.tool === call.tool && last.call.isOk === call.isOk &&
      last.call.reason === call.reason;
    if (isSame) last.times += 1;
    else runs.push({ call, times: 1 });
  }
  return runs;
}

function Tools({ persona: { tools, ticks } }: { readonly persona: PersonaView }) {
  if (tools.length === 0) return null;
  return (
    <section aria-labelledby="tools">
      <h2 id="tools">Tools in {ticks.length === 1 ? "this tick" : `the last ${ticks.length} ticks`}</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">Tool</th>
            <th scope="col">Done</th>
            <th scope="col">Refused</th>
          </tr>
        </thead>
        <tbody>
          {tools.map(({ tool, ok, refused }) => (
            <tr key={tool}>
              <th scope="row">{tool}</th>
              <td>{String(ok)}</td>
              <td>{String(refused)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Ticks({ persona: { ticks } }: { readonly persona: PersonaView }) {
  return (
    <section aria-labelledby="ticks">
      <h2 id="ticks">Ticks</h2>
      <ul class="ticks">
        {ticks.toReversed().map((tick) => (
          <li key={tick.tickId} class={gradeOf(tick)}>
            <span>
              <Ending tick={tick} />
            </span>
            <span>
              {counted(tick.ok, "call")} done, {String(tick.refused)} refused
              {tick.rating === null ? null : `, rated ${showRating(tick.rating)}`}
            </span>
            {tick.brokenChecks.length === 0
              ? null
              : <span class="alarm">Broken: {[...new Set(tick.brokenChecks)].join(", ")}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}
