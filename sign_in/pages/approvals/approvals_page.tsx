// The page of all requests of a person: what waits for an answer, and how those of the last day ended. Routes: approvals_routes.tsx.
import { momentWord } from "../format_values.ts";
import { Layout, type Notice, type PersonBar } from "../layout.tsx";
import { endingWord, UnknownOutcome } from "./approval_page.tsx";
import { type AskedApproval, Decide, Facts, labelsOf, Wish, wishWord } from "./approval_card.tsx";
import type { DecidingForm } from "./decided_items.ts";
import { WAKE_SCRIPT_PATH } from "./wake_script.ts";

/** The page. */
export function ApprovalsPage({ bar, email, groups, decided, now, zone, notice }: ApprovalsPageProps) {
  return (
    <Layout
      title="Waiting for your answer"
      bar={bar}
      notice={notice}
      guard={groups.length === 0 ? undefined : WAKE_SCRIPT_PATH}
    >
      <p class="soft">Signed in as {email}</p>
      {groups.length === 0
        ? (
          <p>
            Nothing waits for you. When an app needs your yes before it changes or deletes something, it
            stands here.
          </p>
        )
        : <p>Nothing happens without your yes. What you did not expect, answer with no.</p>}
      {groups.map((group) => <Group key={group.items[0]} {...group} now={now} zone={zone} />)}
      {decided.length === 0 ? null : (
        <section aria-labelledby="decided">
          <h2 id="decided">In the last day</h2>
          <ul class="decided">
            {decided.map((asked) => (
              <li key={asked.approval.id}>
                <a href={`/approvals/${asked.approval.id}`}>{momentWord(endOf(asked), zone)}</a>
                <br />
                {endingWord(asked)}
              </li>
            ))}
          </ul>
        </section>
      )}
      <p class="ways">
        <a href="/activity">See what your apps did</a>
        <a href="/apps">See your connected apps</a>
      </p>
    </Layout>
  );
}

/** What the page shows. */
export interface ApprovalsPageProps {
  readonly bar: PersonBar;
  readonly email: string;
  readonly groups: readonly RequestGroup[];
  readonly decided: readonly AskedApproval[];
  readonly now: number;
  /** The person's time zone; `undefined`: not known. */
  readonly zone: string | undefined;
  readonly notice?: Notice | undefined;
}

/** Requests that one click decides: of one app and one tool, all in the same state. */
export interface RequestGroup extends DecidingForm {
  readonly asked: readonly [AskedApproval, ...AskedApproval[]];
}

/** What the requests of a group want, as a sentence without its full stop. */
export function groupWord([first, ...rest]: RequestGroup["asked"]): string {
  return rest.length === 0 ? wishWord(first) : `${wishWord(first)}, ${rest.length + 1} times`;
}

/** Groups the requests that still have a button, in the order of their first ones. */
export function groupRequests(all: readonly AskedApproval[]): readonly RequestGroup["asked"][] {
  const groups = new Map<string, [AskedApproval, ...AskedApproval[]]>();
  for (const asked of all) {
    const { grantId, clientName, tool, status, space } = asked.approval;
    const key = JSON.stringify([grantId, grantId === "" ? clientName : "", tool, status, space.id]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [asked]);
    else group.push(asked);
  }
  return [...groups.values()];
}

function Group({ now, zone, ...group }: RequestGroup & Pick<ApprovalsPageProps, "now" | "zone">) {
  const { asked, wish } = group;
  const [first] = asked;
  const title = `request-${first.approval.id}`;
  const isOne = asked.length === 1;
  return (
    <article aria-labelledby={title} class="request">
      <h2 id={title}>{wish}</h2>
      {first.approval.status === "unknown" ? <UnknownOutcome /> : null}
      {isOne ? <Wish approval={first.approval} level={3} zone={zone} /> : (
        <ol>
          {asked.map(({ approval }) => (
            <li key={approval.id}>
              <Wish approval={approval} level={3} zone={zone} />
              <p>
                <a href={`/approvals/${approval.id}`}>Answer this one alone</a>
              </p>
            </li>
          ))}
        </ol>
      )}
      <Facts asked={soonest(asked)} now={now} />
      <Decide {...group} labels={labelsOf(asked.map(({ approval }) => approval))} />
    </article>
  );
}

/** The one whose time is over first: its time is the time for all. */
function soonest(asked: RequestGroup["asked"]): AskedApproval {
  return asked.reduce((one, other) => other.approval.until < one.approval.until ? other : one);
}

function endOf({ approval }: AskedApproval): number {
  return Date.parse(approval.decidedAt ?? approval.until);
}
