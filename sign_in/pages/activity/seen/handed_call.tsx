// One call on the page of what apps were handed: a line, and folded behind it the records by their ids, the fields, and what the app
// could have read then. Titles are not in the ledger, and no record is opened for this page.
import type { Allowed, HandedRecords, LedgerEntry } from "../../../gateway/ledger_answers.ts";
import type { Permission } from "../../../oauth/grants/scopes.ts";
import type { PermissionWords } from "../../access/permission_words.ts";
import { momentWord } from "../../format_values.ts";
import { callAddress } from "../call_page.tsx";
import { capital } from "../call_words.ts";
import { timeWord } from "../days.ts";
import { handedWord, listWord, recordsWord, ruleWord, spaceOf } from "./seen_words.ts";

/** The call. */
export function HandedCall(props: HandedCallProps) {
  const { entry, zone, allowed, words } = props;
  const { read, looked, wrote, call, at, toolTitle, tool, moduleLabel, isOwn } = entry;
  return (
    <li class="handed">
      <span class="tick">{timeWord(Date.parse(at), zone)}</span>
      <details>
        <summary>
          {`${toolTitle ?? tool}: ${handedWord(entry)}`} <span class="soft">{`· ${aboutWord(entry)}`}</span>
        </summary>
        {read.map((records) => (
          <Handed
            key={`${records.collection} ${records.space.id}`}
            records={records}
          />
        ))}
        {looked.length === 0 ? null : (
          <p>
            {`To answer, Mana looked through ${
              listWord(looked.map(({ record, count }) => recordsWord(record, count)))
            }. The app was not handed these.`}
          </p>
        )}
        {wrote === 0 ? null : (
          <p>
            <a href={callAddress({ id: call, at })}>See what it wrote</a>
          </p>
        )}
        {isOwn
          ? <p>It could have read everything: it came with your own token.</p>
          : <CouldHaveRead allowed={allowed} words={words} zone={zone} />}
        <p class="soft">{`Call ${call}, by the tool ${tool} of ${moduleLabel}`}</p>
      </details>
    </li>
  );
}

/** What is shown. */
export interface HandedCallProps {
  readonly entry: LedgerEntry;
  /** What the app could have read; `undefined`: it is not known here. */
  readonly allowed: Allowed | undefined;
  readonly words: PermissionWords;
  readonly zone: string | undefined;
}

/** The fields and the shared spaces, in the line of the call. */
function aboutWord({ read, moduleLabel }: LedgerEntry): string {
  const fields = [...new Set(read.flatMap((records) => records.fields))];
  const shown = fields.slice(0, SHOWN_FIELDS).join(", ");
  const more = fields.length > SHOWN_FIELDS ? ` and ${fields.length - SHOWN_FIELDS} more` : "";
  const places = read.filter(({ space }) => space.kind !== "personal").map(({ space }) => spaceOf(space));
  return [`${shown}${more}`, moduleLabel, places.length === 0 ? "" : `in ${listWord([...new Set(places)])}`]
    .filter(Boolean).join(" · ");
}

/** Names of fields in the line of a call. */
const SHOWN_FIELDS = 4;

function Handed({ records }: { readonly records: HandedRecords }) {
  const { record, count, fields, ids, space } = records;
  return (
    <>
      <p>
        {`It was handed ${recordsWord(record, count)}, of ${spaceOf(space)}: ${
          fields.length === 0 ? "no field with text" : fields.join(", ")
        }.`}
      </p>
      <ul class="ids">{ids.map((id) => <li key={id}>{id}</li>)}</ul>
      {count > ids.length
        ? <p class="soft">{`And ${count - ids.length} more; the download has all.`}</p>
        : null}
    </>
  );
}

function CouldHaveRead({ allowed, words, zone }: Pick<HandedCallProps, "allowed" | "words" | "zone">) {
  if (allowed === undefined) {
    return <p>What it could have read then cannot be told here.</p>;
  }
  const { scopes, rules, isUnreadable, until } = allowed;
  if (isUnreadable) {
    return <p>It could have read nothing: what you had chosen for it could not be understood.</p>;
  }
  const modules = words.byGroup(scopes.filter(isPermission)).flatMap((group) => group.modules);
  return (
    <>
      <p>
        {`It could have read ${modules.length === 0 ? "nothing" : "this, by what you allowed it then"}:`}
      </p>
      <ul>
        {modules.map(({ name, permissions }) => <li key={name}>{words.permissions(permissions)}</li>)}
      </ul>
      {rules === null ? null : (
        <>
          <p>Of these only:</p>
          <ul>
            {rules.map((rule) => <li key={rule.collection}>{capital(ruleWord(rule))}</li>)}
            {rules.some(({ collection }) => collection === "*") ? null : <li>Nothing else</li>}
          </ul>
        </>
      )}
      {until === null ? null : <p>{`Until ${momentWord(Date.parse(until), zone)}.`}</p>}
    </>
  );
}

function isPermission(scope: string): scope is Permission {
  return /^[^:]+:[^:]+$/.test(scope);
}
