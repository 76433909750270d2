// What a call would change, record by record: each field as it is and as it would be. The texts are the gateway's, read from the
// records themselves; what an app would write is labelled as the app's words.
import type { Approval, Row } from "../../gateway/answers.ts";

/** The records of one call. Long lists are folded, never cut without a word. */
export function ChangedRows({ rows, rowCount, sentence, level }: ChangedRowsProps) {
  const [only] = rows;
  // The question names the record already. It was put when the app asked, and the record may have another name since.
  if (only?.op === "delete" && rowCount === 1 && only.title && sentence.includes(only.title)) {
    return <Content row={only} />;
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
      {rows.some(hasAppWords)
        ? <p class="soft">“Then” is what the app would write: its words, not Mana’s.</p>
        : null}
      {rows.slice(0, SHOWN_ROWS).map((row) => <RowView key={row.id} row={row} level={level} />)}
      {folded.length === 0 ? null : (
        <details>
          <summary>{`${folded.length} more ${folded.length === 1 ? "thing" : "things"}`}</summary>
          {folded.map((row) => <RowView key={row.id} row={row} level={level} />)}
        </details>
      )}
      {hidden <= 0
        ? null
        : <p>{`And ${hidden} more ${hidden === 1 ? "thing" : "things"} that do not fit on this page.`}</p>}
    </div>
  );
}

/** What is shown. */
export interface ChangedRowsProps extends Pick<Approval, "rows" | "rowCount" | "sentence"> {
  /** The level of the headings. */
  readonly level: 2 | 3 | 4;
}

/** Records that are shown without a fold. */
const SHOWN_ROWS = 6;

/** Whether the app's own words stand in the row. */
function hasAppWords({ op, fields }: Row): boolean {
  return (op === "insert" || op === "update") && fields.some(({ after }) => after !== null);
}

function RowView({ row, level }: { readonly row: Row; readonly level: 2 | 3 | 4 }) {
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
        )} <span class="mark">{OP_WORDS[row.op]}</span>
      </Heading>
      <Content row={row} />
    </section>
  );
}

/** The fields. Those of a record that goes or comes back as a whole are folded. */
function Content({ row }: { readonly row: Row }) {
  if (row.fields.length === 0) return null;
  if (row.op === "update" || row.op === "insert") return <Fields row={row} />;
  return (
    <details>
      <summary>What is in it</summary>
      <Fields row={row} />
    </details>
  );
}

const OP_WORDS: Readonly<Record<Row["op"], string>> = {
  insert: "new",
  update: "changes",
  delete: "is deleted",
  restore: "comes back",
};

function Fields({ row: { op, fields, fieldCount } }: { readonly row: Row }) {
  const hidden = fieldCount - fields.length;
  return (
    <>
      <dl class="fields">
        {fields.map((field) => (
          <>
            <dt>{fieldWord(field.name)}</dt>
            {op === "update" && field.isSealed !== true
              ? (
                <>
                  <dd class="now">
                    <span class="when">now</span> <Value field={field} text={field.before} />
                  </dd>
                  <dd class="then">
                    <span class="when">then</span> <Value field={field} text={field.after} />
                  </dd>
                </>
              )
              : (
                <dd class={op === "insert" ? "then" : "now"}>
                  <Value field={field} text={op === "delete" ? field.before : field.after ?? field.before} />
                </dd>
              )}
          </>
        ))}
      </dl>
      {hidden <= 0 ? null : <p class="soft">{`and ${hidden} more ${hidden === 1 ? "field" : "fields"}`}</p>}
    </>
  );
}

function Value({ field, text }: { readonly field: Row["fields"][number]; readonly text: string | null }) {
  if (field.isSealed === true) return <span class="soft">locked: your Mana app opens it</span>;
  if (text === null || text === "") return <span class="soft">nothing</span>;
  return <bdi class="text">{YES_NO.test(field.name) && text in ANSWERS ? ANSWERS[text] : text}</bdi>;
}

/** Fields that are yes or no, by their names. */
const YES_NO = /^(?:is|has|can)[A-Z]/;
const ANSWERS: Readonly<Record<string, string>> = Object.assign(Object.create(null), {
  true: "yes",
  false: "no",
});

/** `dueDate` → `due date`; `schedule.time` → `schedule, time`. */
function fieldWord(name: string): string {
  return name.replaceAll(".", ", ").replaceAll("_", " ")
    .replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, " ").toLowerCase();
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
