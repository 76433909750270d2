// The filter of the time line: which app, which kind of thing, which day. Folded, because most people want to see everything.
import type { PersonApp } from "../../oauth/grants/person_apps.ts";
import { dayWord, placeWord } from "../format_values.ts";
import type { ActivityProps } from "./activity_page.tsx";
import type { ActivityFilter } from "./activity_query.ts";

/** The filter, and what is known of the app that it names. */
export function FilterForm(props: Pick<ActivityProps, "apps" | "modules" | "filter" | "problems">) {
  const { apps, modules, filter, problems } = props;
  const { app, module, day, path } = filter;
  const isFiltered = app !== undefined || module !== undefined || day !== undefined;
  return (
    <>
      {typeof app === "object" ? <AppFacts app={app} /> : null}
      <details class="filter" open={problems.some(({ field }) => field === "day")}>
        <summary>{summaryOf(props)}</summary>
        <form method="get" action={path}>
          <label for="app">App</label>
          <select id="app" name="app">
            <option value="">All apps</option>
            {apps.map((one) => (
              <option key={one.key} value={one.key} selected={app === one}>{appOption(one)}</option>
            ))}
            <option value="own" selected={app === "own"}>An agent with your own token</option>
          </select>
          <label for="module">Kind of thing</label>
          <select id="module" name="module">
            <option value="">Everything</option>
            {modules.map(({ name, label }) => (
              <option key={name} value={name} selected={module === name}>{label}</option>
            ))}
          </select>
          <label for="day">Day (leave empty for the last days)</label>
          <input id="day" name="day" type="date" value={day ?? ""} />
          <p class="buttons">
            <button type="submit" class="second">Show</button>
          </p>
        </form>
      </details>
      {isFiltered
        ? (
          <p>
            <a href={path}>Show everything again</a>
          </p>
        )
        : null}
    </>
  );
}

/** A module that can be chosen. */
export interface ModuleChoice {
  readonly name: string;
  /** As people call it. */
  readonly label: string;
}

function summaryOf({ filter, modules }: Pick<ActivityProps, "filter" | "modules">): string {
  const { app, module, day } = filter;
  const label = modules.find(({ name }) => name === module)?.label;
  const shown = [appWord(app), label, day === undefined ? undefined : dayWord(Date.parse(day))].filter(
    Boolean,
  );
  return shown.length === 0 ? "Choose an app, a kind of thing or a day" : `Shown: ${shown.join(", ")}`;
}

function appWord(app: ActivityFilter["app"]): string | undefined {
  return app === "own" ? "an agent with your own token" : app && `“${app.name}”`;
}

/** An app in a list, told from others of its name by its place. */
export function appOption({ name, redirectUri, isLive }: PersonApp): string {
  const place = redirectUri === undefined ? "" : `, at ${placeWord(redirectUri)}`;
  return `${name}${place}${isLive ? "" : " (not connected any more)"}`;
}

function AppFacts({ app }: { readonly app: PersonApp }) {
  const first = app.grants.at(-1);
  const last = app.grants[0];
  const end = last?.revokedAt ?? last?.expiresAt;
  return (
    <dl>
      <dt>App</dt>
      <dd>
        <strong>{app.name}</strong>
        {app.redirectUri === undefined ? null : `, at ${placeWord(app.redirectUri)}`}
      </dd>
      <dt>Connected</dt>
      <dd>
        {first === undefined ? null : `since ${dayWord(first.createdAt)}`}
        {app.isLive || end === undefined ? null : `, until ${dayWord(end)}`}
      </dd>
    </dl>
  );
}
