// The page of what apps were handed, from the ledger: the filter, the calls by day and app, what the page proves and what it cannot, and
// the download of all of it. Routes: seen_routes.tsx.
import type { LedgerPage } from "../../../gateway/ledger_answers.ts";
import type { PersonApp } from "../../../oauth/grants/person_apps.ts";
import type { PermissionWords } from "../../access/permission_words.ts";
import { Layout, type Notice, type PersonBar, type Problem } from "../../layout.tsx";
import { ActivityPages } from "../activity_pages.tsx";
import { type ActivityFilter, newestAddress, SEEN_PATH } from "../activity_query.ts";
import { countWord } from "../call_words.ts";
import { dayHeading, dayOf } from "../days.ts";
import { FilterForm, type ModuleChoice } from "../filter_form.tsx";
import { windowWord } from "../window_word.ts";
import { HandedCall } from "./handed_call.tsx";
import { callerOf } from "./seen_words.ts";
import { StrictForm, type StrictFormProps } from "./strict_form.tsx";

/** The page. */
export function SeenPage(props: SeenProps) {
  const { filter, page } = props;
  return (
    <Layout
      title="What your apps were handed"
      bar={props.bar}
      notice={props.notice}
      problems={props.problems}
    >
      <ActivityPages at={SEEN_PATH} />
      <FilterForm {...props} />
      {page === undefined ? null : (
        <>
          <p class="soft">{windowWord(props)}</p>
          <Told page={page} isStrict={props.strict.isStrict} />
          {page.entries.length === 0 ? null : <Calls {...props} page={page} />}
        </>
      )}
      <nav aria-label="Days">
        {props.earlier === undefined || page === undefined
          ? null
          : <a href={props.earlier}>{filter.day === undefined ? "Earlier days" : "Earlier"}</a>}{" "}
        {filter.isNewest ? null : <a href={newestAddress(filter)}>The newest</a>}
      </nav>
      <StrictForm {...props.strict} />
      <Proof head={page?.head ?? null} />
      <ExportForm form={props.form} />
    </Layout>
  );
}

/** What the page shows. */
export interface SeenProps {
  readonly bar: PersonBar;
  /** Token of the form of the download. */
  readonly form: string;
  readonly strict: StrictFormProps;
  readonly apps: readonly PersonApp[];
  readonly modules: readonly ModuleChoice[];
  readonly filter: ActivityFilter;
  /** `undefined`: it cannot be shown now. */
  readonly page: LedgerPage | undefined;
  /** The address of what is older; `undefined`: nothing can be. */
  readonly earlier: string | undefined;
  readonly words: PermissionWords;
  readonly notice: Notice | undefined;
  readonly problems: readonly Problem[];
  readonly zone: string | undefined;
  /** Milliseconds. */
  readonly now: number;
}

/** What is missing from the page, said before what is on it. */
function Told({ page: { state, gaps, unreadable, broken, entries }, isStrict }: ToldProps) {
  return (
    <>
      {state === "kept"
        ? null
        : <p role="status">{state === "no-key" ? NO_KEY : isStrict ? OWN_WISH : OFF}</p>}
      {gaps === 0 ? null : (
        <p role="status">
          {`${countWord(gaps, "call")} could not be noted. What ${
            gaps === 1 ? "it was" : "they were"
          } handed is not on this page.`}
        </p>
      )}
      {unreadable === 0 ? null : (
        <p role="status">
          {`${countWord(unreadable, "row")} of the ledger ${
            unreadable === 1 ? "does" : "do"
          } not open with your ` +
            "key. Perhaps you had another key then, perhaps somebody put something there. Nothing of it is shown."}
        </p>
      )}
      {broken === 0 ? null : (
        <p class="problem" role="alert">
          {`In ${
            countWord(broken, "place")
          } the ledger does not hold together: something was taken out or altered. `}
          <code>deno task ledger verify</code> says where.
        </p>
      )}
      {entries.length > 0 || state === "no-key" ? null : <p>No app was handed anything in these days.</p>}
    </>
  );
}

interface ToldProps extends Pick<StrictFormProps, "isStrict"> {
  readonly page: LedgerPage;
}

const OWN_WISH =
  "Whoever runs this Mana has switched the ledger off. What your apps are handed is noted all the same, because you want it (below).";
const OFF =
  "Nothing is noted at the moment: whoever runs this Mana has switched the ledger off. What was noted before is still here.";
const NO_KEY =
  "Only you have the key to your texts, and Mana has no copy. So no ledger is kept, and what apps are handed without a " +
  "key is in no list: what they may do is decided by what you allowed them alone.";

function Calls(props: SeenProps & { readonly page: LedgerPage }) {
  const { page, apps, zone, now, words } = props;
  return (
    <div class="timeline" id="calls" tabindex={-1}>
      {[...Map.groupBy(page.entries, ({ at }) => dayOf(Date.parse(at), zone))].map(([day, ofDay]) => (
        <section key={day} aria-labelledby={`day-${day}`}>
          <h2 id={`day-${day}`}>{dayHeading(day, now, zone)}</h2>
          {[...Map.groupBy(ofDay, (entry) =>
            callerOf(entry, apps).key)].map(([key, ofCaller]) => (
              <section key={key}>
                <h3>{ofCaller[0] && callerOf(ofCaller[0], apps).name}</h3>
                <ol class="calls">
                  {ofCaller.map((entry) => (
                    <HandedCall
                      key={entry.id}
                      entry={entry}
                      allowed={entry.allowed === null ? undefined : page.documents[entry.allowed]}
                      words={words}
                      zone={zone}
                    />
                  ))}
                </ol>
              </section>
            ))}
        </section>
      ))}
    </div>
  );
}

/** Digits of a name that tell it from others. */
const SHORT = 8;

function Proof({ head }: Pick<LedgerPage, "head">) {
  return (
    <section aria-labelledby="proof">
      <h2 id="proof">What this proves</h2>
      <p>
        Mana notes each call with your key when it hands something out. Nobody without your key can write such
        a note, and a note that was altered, moved or taken out of the middle is found. So this is the record
        of an honest gateway. It cannot prove that nothing is missing: a hostile gateway could leave notes
        out, and the newest notes can be cut off unseen until something later names them. What an app has
        seen, it may have kept.
      </p>
      <p>
        You need not take this page’s word for it: <code>deno task ledger verify</code> checks every note.
      </p>
      {head === null ? null : (
        <p class="soft">
          {`The newest note is number ${head.seq} of chain ${head.chain.slice(0, SHORT)}, with the hash `}
          <code>{head.hash.slice(0, 2 * SHORT)}</code>. Who keeps this line can tell later whether it is still
          there.
        </p>
      )}
    </section>
  );
}

function ExportForm({ form }: Pick<SeenProps, "form">) {
  return (
    <form method="post" action={`${SEEN_PATH}/export`}>
      <input type="hidden" name="form" value={form} />
      <p class="buttons">
        <button type="submit" class="second">Download all of it</button>
      </p>
      <p class="soft">
        One JSON text in each line, with every id. The file is not sealed: keep it where you keep such things.
      </p>
    </form>
  );
}
