// The time line of what apps did: the filter, the calls by day and app with their ticks, and what was only looked at. Routes:
// activity_routes.tsx.
import type { Call } from "../../gateway/answers.ts";
import type { PersonApp } from "../../oauth/grants/person_apps.ts";
import { Layout, type Notice, type PersonBar, type Problem } from "../layout.tsx";
import { ACTIVITY_PATH, type ActivityFilter, newestAddress } from "./activity_query.ts";
import { ActivityPages } from "./activity_pages.tsx";
import { capital, deedWord, placeOf, titleWord, writerOf } from "./call_words.ts";
import { dayHeading, dayOf, timeWord } from "./days.ts";
import { callAddress } from "./call_page.tsx";
import { FilterForm, type ModuleChoice } from "./filter_form.tsx";
import { type AppReads, Reads } from "./reads.tsx";
import { type SinceFields, SinceForm } from "./since_form.tsx";
import { windowWord } from "./window_word.ts";

/** The page. */
export function ActivityPage(props: ActivityProps) {
  const { filter, calls } = props;
  return (
    <Layout title="What your apps did" bar={props.bar} notice={props.notice} problems={props.problems}>
      <ActivityPages at={ACTIVITY_PATH} />
      <FilterForm {...props} />
      {calls === undefined ? null : (
        <>
          <p class="soft">{windowWord(props)}</p>
          {calls.length === 0 ? null : (
            <p>
              <a href="#since">Undo everything since …</a>
            </p>
          )}
          {props.missing.length === 0 ? null : (
            <p role="status">
              Some of it cannot be shown at the moment:{" "}
              {props.missing.join(", ")}. Load this page again in a minute.
            </p>
          )}
          {calls.length === 0 ? <p>{NOTHING}</p> : <TimeLine {...props} calls={calls} />}
        </>
      )}
      <nav aria-label="Days">
        {props.earlier === undefined || calls === undefined
          ? null
          : <a href={props.earlier}>{filter.day === undefined ? "Earlier days" : "Earlier"}</a>}{" "}
        {filter.isNewest ? null : <a href={newestAddress(filter)}>The newest</a>}
      </nav>
      {calls === undefined ? null : <SinceForm {...props} calls={calls} />}
      <Reads {...props} />
    </Layout>
  );
}

/** What the page shows. */
export interface ActivityProps {
  readonly bar: PersonBar;
  readonly form: string;
  readonly apps: readonly PersonApp[];
  readonly modules: readonly ModuleChoice[];
  readonly filter: ActivityFilter;
  /** Newest first; `undefined`: they cannot be shown now. */
  readonly calls: readonly Call[] | undefined;
  /** The address of what is older; `undefined`: nothing can be. */
  readonly earlier: string | undefined;
  /** Modules, as people call them, of which not everything could be read. */
  readonly missing: readonly string[];
  readonly reads: readonly AppReads[];
  readonly since: SinceFields;
  readonly notice: Notice | undefined;
  readonly problems: readonly Problem[];
  readonly zone: string | undefined;
  /** Milliseconds. */
  readonly now: number;
}

const NOTHING = "No app changed anything in these days.";

function TimeLine(props: ActivityProps & { readonly calls: readonly Call[] }) {
  const { calls, apps, zone, now } = props;
  return (
    <form method="post" action="/activity/undo" class="timeline" id="calls" tabindex={-1}>
      <input type="hidden" name="form" value={props.form} />
      {groupBy(calls, ({ at }) => dayOf(Date.parse(at), zone)).map(([day, ofDay]) => (
        <section key={day} aria-labelledby={`day-${day}`}>
          <h2 id={`day-${day}`}>{dayHeading(day, now, zone)}</h2>
          {groupBy(ofDay, (call) =>
            writerOf(call, apps).key).map(([key, ofWriter]) => (
              <WriterCalls key={key} {...props} calls={ofWriter} />
            ))}
        </section>
      ))}
      <p class="buttons bar">
        <button type="submit" name="do" value="calls" class="second">Undo what is ticked</button>{" "}
        <span class="soft">You see what would happen first.</span>
      </p>
    </form>
  );
}

function WriterCalls({ calls, apps, zone }: Pick<ActivityProps, "apps" | "zone"> & CallsProps) {
  const [first] = calls;
  const writer = first && writerOf(first, apps);
  return (
    <>
      <h3>{writer?.name}</h3>
      {writer?.isUncertain ? <p class="soft">{UNCERTAIN}</p> : null}
      <ol class="calls">
        {calls.map((call) => <CallItem key={call.id} call={call} zone={zone} />)}
      </ol>
    </>
  );
}

interface CallsProps {
  /** All of one writer, on one day. */
  readonly calls: readonly Call[];
}

/** Why nobody is certain. */
export const UNCERTAIN =
  "Mana cannot prove who wrote this. It may be old, of somebody you share a space with, or of an app " +
  "of yours while you alone hold your key.";

function CallItem({ call, zone }: CallItemProps) {
  const at = Date.parse(call.at);
  const time = timeWord(at, zone);
  const deed = deedWord(call);
  const isOver = call.undoneBy !== null || call.writer === "undo";
  return (
    <li class={call.undoneBy === null ? "call" : "call over"}>
      {isOver ? <span class="tick">{time}</span> : (
        <label class="tick">
          <input type="checkbox" name="call" value={call.id} aria-label={`${time}: ${deed}`} />
          {time}
        </label>
      )}
      <div>
        <a href={callAddress(call)}>{capital(deed)}</a>{" "}
        {call.undoneBy === null ? null : <span class="mark">undone</span>}
        {aboutWord(call) === "" ? null : <p class="soft">{aboutWord(call)}</p>}
      </div>
    </li>
  );
}

interface CallItemProps extends Pick<ActivityProps, "zone"> {
  readonly call: Call;
}

/** The rest of what is known of a call: the fields, other records, the space. */
function aboutWord(call: Call): string {
  const { rows, rowCount } = call;
  const [first] = rows;
  const fields = rowCount === 1 && first?.op === "update" ? first.fields.join(", ") : "";
  const titles = rowCount > 1 ? rows.flatMap(({ title }) => title === null ? [] : [titleWord(title)]) : [];
  const named = titles.length === 0 ? "" : titles.slice(0, NAMED).join(", ") +
    (rowCount > NAMED ? ` and ${rowCount - Math.min(NAMED, titles.length)} more` : "");
  const place = placeOf(call);
  const tool = rowCount === 1 ? "" : call.toolTitle ?? "";
  return [fields, named, tool, call.moduleLabel, place === undefined ? "" : `in ${place}`].filter(Boolean)
    .join(" · ");
}

/** Titles in the line of a call. */
const NAMED = 3;

/** Groups in the order in which they begin. */
function groupBy<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
): readonly (readonly [string, readonly Item[]])[] {
  return [...Map.groupBy(items, keyOf)];
}
