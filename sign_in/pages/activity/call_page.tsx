// One call of an app, unfolded: who, when and where, and each record before and after, with the ways to undo it. Changes nothing.
import type { Call, Row } from "../../gateway/answers.ts";
import type { PersonApp } from "../../oauth/grants/person_apps.ts";
import { ChangedRows } from "../changed_rows.tsx";
import { momentWord, placeWord } from "../format_values.ts";
import { Layout, type PersonBar } from "../layout.tsx";
import { UNCERTAIN } from "./activity_page.tsx";
import { ACTIVITY_PATH } from "./activity_query.ts";
import { capital, deedWord, placeOf, type Writer, writerOf } from "./call_words.ts";
import { writeWho } from "./undo_selection.ts";

/** The page. */
export function CallPage(props: CallProps) {
  const { call, apps, zone, bar, rows, rowCount, missing } = props;
  const writer = writerOf(call, apps);
  const app = apps.find(({ key }) => call.writer === "app" && key === call.app);
  const place = placeOf(call);
  return (
    <Layout title={`${subjectOf(call, writer)} ${deedWord(call)}`} bar={bar}>
      {writer.isUncertain ? <p>{UNCERTAIN}</p> : null}
      <dl>
        <dt>When</dt>
        <dd>{momentWord(Date.parse(call.at), zone)}</dd>
        <dt>Who</dt>
        <dd>
          {writer.name}
          {app?.redirectUri === undefined ? null : `, at ${placeWord(app.redirectUri)}`}
        </dd>
        {call.toolTitle === null ? null : (
          <>
            <dt>It called</dt>
            <dd>{call.toolTitle}</dd>
          </>
        )}
        <dt>Where</dt>
        <dd>
          {capital([call.moduleLabel, place === undefined ? "" : `in ${place}`].filter(Boolean).join(", "))}
        </dd>
      </dl>
      {missing.length === 0 ? null : (
        <p role="status">
          Some of it cannot be shown at the moment: {missing.join(", ")}. Load this page again in a minute.
        </p>
      )}
      <section aria-labelledby="rows">
        <h2 id="rows">What changed</h2>
        <ChangedRows rows={rows} rowCount={rowCount} level={3} tense="done" zone={zone} />
      </section>
      <UndoForm {...props} writer={writer} />
      <p>
        <a href={ACTIVITY_PATH}>What your apps did</a>
      </p>
    </Layout>
  );
}

/** What the page shows. */
export interface CallProps {
  readonly bar: PersonBar;
  readonly form: string;
  readonly call: Call;
  readonly rows: readonly Row[];
  /** How many records there are, shown or not. */
  readonly rowCount: number;
  /** Modules, as people call them, of which not everything could be read. */
  readonly missing: readonly string[];
  readonly apps: readonly PersonApp[];
  readonly zone: string | undefined;
}

/** The address of the page of a call. The time spares the gateway from looking through everything. */
export function callAddress({ id, at }: Pick<Call, "id" | "at">): string {
  return `${ACTIVITY_PATH}/${id}?${new URLSearchParams({ at })}`;
}

/** Who, at the beginning of a sentence. */
function subjectOf({ writer }: Call, { name, isUncertain }: Writer): string {
  return isUncertain ? "Somebody" : writer === "undo" ? "An undo" : name;
}

function UndoForm({ call, form, apps, writer }: CallProps & { readonly writer: Writer }) {
  const { undoneBy } = call;
  const after = whoOf(call, apps);
  return (
    <>
      {undoneBy === null ? null : (
        <p>
          This was undone, or a part of it.{" "}
          <a href={callAddress({ id: undoneBy, at: call.at })}>See how</a>. There you can do it again.
        </p>
      )}
      <form method="post" action="/activity/undo">
        <input type="hidden" name="form" value={form} />
        <input type="hidden" name="call" value={call.id} />
        <input type="hidden" name="at" value={call.at} />
        {call.writer === "undo" ? <input type="hidden" name="again" value="yes" /> : null}
        {after === undefined ? null : <input type="hidden" name="who" value={after} />}
        <p class="buttons">
          <button type="submit" name="do" value="calls" class={undoneBy === null ? undefined : "second"}>
            {call.writer === "undo"
              ? "Do it again"
              : undoneBy === null
              ? "Undo this"
              : "Undo what is left of it"}
          </button>
          {after === undefined ? null : (
            <button type="submit" name="do" value="since" class="second">
              {`Undo this and everything after it by ${writer.isUncertain ? "this name" : writer.name}`}
            </button>
          )}
        </p>
        <p class="soft">You see what would happen first.</p>
      </form>
    </>
  );
}

/** Whose later changes can be undone with this one; `undefined`: nobody's. */
function whoOf({ writer, app, name }: Call, apps: readonly PersonApp[]): string | undefined {
  switch (writer) {
    case "app":
      return app !== null && apps.some(({ key }) => key === app) ? writeWho({ app }) : undefined;
    case "own":
      return writeWho({ app: "" });
    case "unverified":
      return name === "" ? undefined : writeWho({ app: null, name });
    case "undo":
      return undefined;
  }
}
