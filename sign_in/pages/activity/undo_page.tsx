// What an undo would do, the button that does it, and what became of it. Routes: undo_routes.tsx.
import type { Preview } from "../../gateway/answers.ts";
import { ChangedRows } from "../changed_rows.tsx";
import { momentWord } from "../format_values.ts";
import { Layout, type Notice, type PersonBar } from "../layout.tsx";
import { ACTIVITY_PATH } from "./activity_query.ts";
import { countWord, thingWord } from "./call_words.ts";

/** The page before the decision: what would be put back, what is left alone, what nobody can undo. */
export function UndoPage(props: UndoProps) {
  const { bar, notice, preview, isAgain, who, zone } = props;
  const isUnfinished = props.sent.begun !== "";
  const isNothing = preview?.rowCount === 0;
  const nothing = isAgain ? "There is nothing to do again" : "There is nothing to undo";
  const question = isUnfinished ? "Not finished yet" : isAgain ? "Do it again?" : "Undo this?";
  return (
    <Layout title={isNothing ? nothing : question} bar={bar} notice={notice}>
      {who === undefined ? null : (
        <p>
          Everything by {who.name} since {momentWord(who.since, zone)}.
        </p>
      )}
      {preview === undefined ? null : <Planned preview={preview} isAgain={isAgain} zone={zone} />}
      {isNothing ? null : <DecideForm {...props} />}
      <p>
        <a href={ACTIVITY_PATH}>
          {isNothing || isUnfinished ? "What your apps did" : "No, leave everything as it is"}
        </a>
      </p>
    </Layout>
  );
}

/** What the page shows. */
export interface UndoProps {
  readonly bar: PersonBar;
  /** What the form of the button sends back. */
  readonly sent: UndoFields;
  readonly isAgain: boolean;
  /** Of whom everything is undone, and since when; `undefined`: calls that were chosen one by one. */
  readonly who: { readonly name: string; readonly since: number } | undefined;
  /** `undefined`: the gateway tells none now. */
  readonly preview: Preview | undefined;
  readonly notice: Notice | undefined;
  readonly zone: string | undefined;
}

/** The fields of the form: the token is made for exactly the others. */
export interface UndoFields {
  readonly form: string;
  /** As `writeChoice` writes it. */
  readonly choice: string;
  readonly plan: string;
  /** ISO 8601. */
  readonly at: string;
  /** `yes`: the button was pressed before, and nobody knows how much is done. */
  readonly begun: string;
}

function DecideForm({ sent, isAgain, preview }: UndoProps) {
  const count = preview === undefined ? "" : ` ${countWord(preview.rowCount, "thing")}`;
  return (
    <form method="post" action="/activity/undo/apply">
      <input type="hidden" name="form" value={sent.form} />
      <input type="hidden" name="choice" value={sent.choice} />
      <input type="hidden" name="plan" value={sent.plan} />
      <input type="hidden" name="at" value={sent.at} />
      <input type="hidden" name="begun" value={sent.begun} />
      <p class="buttons">
        <button type="submit">
          {sent.begun !== "" ? "Finish it" : isAgain ? `Yes, do${count} again` : `Yes, put${count} back`}
        </button>
      </p>
    </form>
  );
}

function Planned({ preview, isAgain, zone }: PlannedProps) {
  const { rows, rowCount, collections } = preview;
  const what = isAgain ? "What would be done again" : "What would be put back";
  return (
    <>
      {rowCount === 0 ? null : (
        <section aria-labelledby="planned">
          <h2 id="planned">{`${what}: ${countWord(rowCount, "thing")}`}</h2>
          {collections.length < 2
            ? null
            : <p class="soft">{collections.map(({ record, count }) => `${count} × ${record}`).join(", ")}</p>}
          <ChangedRows rows={rows} rowCount={rowCount} level={3} tense="undo" zone={zone} />
        </section>
      )}
      <LeftAlone preview={preview} zone={zone} />
    </>
  );
}

interface PlannedProps extends Pick<UndoProps, "isAgain" | "zone"> {
  readonly preview: Preview;
}

/** What stays as it is, and why. */
export function LeftAlone(
  { preview, zone }: { readonly preview: Preview; readonly zone: string | undefined },
) {
  const { conflicts, conflictCount, impossible } = preview;
  const hidden = conflictCount - conflicts.length;
  return (
    <>
      {conflictCount === 0 ? null : (
        <section aria-labelledby="kept">
          <h2 id="kept">What is left alone</h2>
          <p>Somebody changed this later. Their work is kept.</p>
          <ul>
            {conflicts.map((conflict) => (
              <li key={`${conflict.id} ${conflict.field}`}>
                {`${thingWord(conflict)}: ${conflict.field}`}{" "}
                <span class="soft">
                  {`by ${conflict.by || "somebody"}, ${momentWord(Date.parse(conflict.at), zone)}`}
                </span>
              </li>
            ))}
          </ul>
          {hidden <= 0 ? null : <p>{`And ${countWord(hidden, "more change", "more changes")} of others.`}</p>}
        </section>
      )}
      {impossible.length === 0 ? null : (
        <section aria-labelledby="impossible">
          <h2 id="impossible">What cannot be undone</h2>
          <ul>
            {impossible.map(({ reason, count }) => (
              <li key={reason}>{`${countWord(count, "thing")}: ${REASONS[reason]}`}</li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

const REASONS: Readonly<Record<Preview["impossible"][number]["reason"], string>> = {
  "hard-deleted": "deleted for good, so that nothing of it is left.",
  "space-left": "in a space where you are not a member any more.",
  "not-in-log": "what it was before was never stored.",
  "unverified-only": "nobody can prove that this app wrote it. Tick it by itself if you want it undone.",
};

/** The page after the decision. */
export function UndonePage({ bar, preview, written, isAgain, zone }: UndoneProps) {
  return (
    <Layout title={isAgain ? "It is done again" : "It is undone"} bar={bar}>
      <p role="status">
        {written === 0
          ? "It had been done before: nothing had to be changed."
          : `${countWord(written, "thing")} ${written === 1 ? "is" : "are"} as ${
            written === 1 ? "it was" : "they were"
          } before${isAgain ? " the undo" : ""}.`}{" "}
        {isAgain ? "" : "What an app has seen, it may have kept: that cannot be undone."}
      </p>
      <LeftAlone preview={preview} zone={zone} />
      <p>
        Changed your mind? {isAgain ? "This stands" : "The undo stands"}{" "}
        on top of what your apps did. Open it there to {isAgain ? "take it back" : "do the changes again"}.
      </p>
      <p>
        <a href={ACTIVITY_PATH}>What your apps did</a>
      </p>
    </Layout>
  );
}

/** What the page after the decision shows. */
export interface UndoneProps {
  readonly bar: PersonBar;
  /** What is left. */
  readonly preview: Preview;
  /** Records that were written. */
  readonly written: number;
  readonly isAgain: boolean;
  readonly zone: string | undefined;
}
