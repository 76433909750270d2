// Changed records, one by one: each field before and after. An app asks for the change, it was done, or an undo would make it. The texts
// are the gateway's, read from the records themselves; what an app would write is labelled as the app's words.
import type { Row, Space } from "../gateway/answers.ts";
import { sharedSpaceWord, valueWord } from "./format_values.ts";

/** The records. Long lists are folded, never cut without a word. */
export function ChangedRows(props: ChangedRowsProps) {
  const { rows, rowCount, sentence = "", level, tense, zone } = props;
  const words = TENSES[tense];
  const [only] = rows;
  // The question names the record already. It was put when the app asked, and the record may have another name since.
  if (only?.op === "delete" && rowCount === 1 && only.title && sentence.includes(only.title)) {
    return <Content row={only} words={words} zone={zone} />;
  }
  if (only === undefined) {
    return rowCount === 0 ? null : (
      <p>
        What would change cannot be shown here. You may have left this space, or only you have your key.
      </p>
    );
  }
  const hidden = rowCount - rows.length;
  const folded = rows.slice(SHOWN_ROWS);
  return (
    <div class="rows">
      {tense === "asked" && rows.some(hasAppWords)
        ? <p class="soft">“Then” is what the app would write: its words, not Mana’s.</p>
        : null}
      {rows.slice(0, SHOWN_ROWS).map((row) => (
        <RowView key={row.id} row={row} level={level} words={words} zone={zone} />
      ))}
      {folded.length === 0 ? null : (
        <details>
          <summary>{`${folded.length} more ${folded.length === 1 ? "thing" : "things"}`}</summary>
          {folded.map((row) => <RowView key={row.id} row={row} level={level} words={words} zone={zone} />)}
        </details>
      )}
      {hidden <= 0
        ? null
        : <p>{`And ${hidden} more ${hidden === 1 ? "thing" : "things"} that do not fit on this page.`}</p>}
    </div>
  );
}

/** What is shown. */
export interface ChangedRowsProps {
  readonly rows: readonly ChangedRow[];
  /** How many records there are, shown or not. */
  readonly rowCount: number;
  /** The question that stands above them. */
  readonly sentence?: string;
  /** Whether an app asks for the change, it was done, or an undo would make it. */
  readonly tense: keyof typeof TENSES;
  /** The level of the headings. */
  readonly level: 2 | 3 | 4;
  /** The person's time zone; `undefined`: not known. */
  readonly zone: string | undefined;
}

/** A record; the rows of an undo can be in several spaces. */
type ChangedRow = Row & { readonly space?: Space };

/** Words for the kinds of change, and for a field before and after it. */
interface TenseWords {
  readonly ops: Readonly<Record<Row["op"], string>>;
  readonly before: string;
  readonly after: string;
}

const TENSES = {
  asked: {
    ops: { insert: "new", update: "changes", delete: "is deleted", restore: "comes back" },
    before: "now",
    after: "then",
  },
  done: {
    ops: { insert: "made", update: "changed", delete: "deleted", restore: "brought back" },
    before: "before",
    after: "after",
  },
  undo: {
    ops: {
      insert: "is made again",
      update: "is put back",
      delete: "is taken away again",
      restore: "comes back",
    },
    before: "now",
    after: "then",
  },
} as const satisfies Record<string, TenseWords>;

/** Records that are shown without a fold. */
const SHOWN_ROWS = 6;

/** Whether the app's own words stand in the row. */
function hasAppWords({ op, fields }: Row): boolean {
  return (op === "insert" || op === "update") && fields.some(({ after }) => after !== null);
}

function RowView({ row, level, words, zone }: RowProps & Pick<ChangedRowsProps, "level">) {
  const Heading = (["h2", "h3", "h4"] as const)[level - 2] ?? "h4";
  return (
    <section class={`row ${row.op}`}>
      <Heading>
        {capitalised(row.record)}
        {row.title === null || row.title === "" ? null : (
          <>
            {" "}
            <bdi>“{row.title}”</bdi>
          </>
        )} <span class="mark">{words.ops[row.op]}</span>
      </Heading>
      {row.space === undefined || row.space.kind === "personal"
        ? null
        : <p class="soft">In {sharedSpaceWord(row.space)}</p>}
      <Content row={row} words={words} zone={zone} />
    </section>
  );
}

interface RowProps extends Pick<ChangedRowsProps, "zone"> {
  readonly row: ChangedRow;
  readonly words: TenseWords;
}

/** The fields. Those of a record that goes or comes back as a whole are folded. */
function Content(props: RowProps) {
  const { row } = props;
  if (row.fields.length === 0) return null;
  if (row.op === "update" || row.op === "insert") return <Fields {...props} />;
  return (
    <details>
      <summary>What is in it</summary>
      <Fields {...props} />
    </details>
  );
}

function Fields({ row: { op, fields, fieldCount }, words, zone }: RowProps) {
  const hidden = fieldCount - fields.length;
  return (
    <>
      <dl class="fields">
        {fields.map((field) => (
          <>
            <dt>{field.name}</dt>
            {op === "update" && field.isSealed !== true
              ? (
                <>
                  <dd class="now">
                    <span class="when">{words.before}</span>{" "}
                    <Value field={field} text={field.before} zone={zone} />
                  </dd>
                  <dd class="then">
                    <span class="when">{words.after}</span>{" "}
                    <Value field={field} text={field.after} zone={zone} />
                  </dd>
                </>
              )
              : (
                <dd class={op === "insert" ? "then" : "now"}>
                  <Value
                    field={field}
                    text={op === "delete" ? field.before : field.after ?? field.before}
                    zone={zone}
                  />
                </dd>
              )}
          </>
        ))}
      </dl>
      {hidden <= 0 ? null : <p class="soft">{`and ${hidden} more ${hidden === 1 ? "field" : "fields"}`}</p>}
    </>
  );
}

function Value({ field, text, zone }: ValueProps) {
  if (field.isSealed === true) return <span class="soft">locked: your Mana app opens it</span>;
  if (text === null || text === "") return <span class="soft">nothing</span>;
  return <bdi class="text">{valueWord(text, zone)}</bdi>;
}

interface ValueProps extends Pick<ChangedRowsProps, "zone"> {
  readonly field: Row["fields"][number];
  readonly text: string | null;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
