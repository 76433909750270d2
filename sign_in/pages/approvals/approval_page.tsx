// The page of one request, to which an app's link leads: to be answered, or how it ended. Routes: approvals_routes.tsx.
import { titleWord } from "../activity/call_words.ts";
import { momentWord } from "../format_values.ts";
import { Layout, type Notice, type PersonBar } from "../layout.tsx";
import type { Approval } from "../../gateway/answers.ts";
import {
  type AskedApproval,
  AskerFacts,
  Decide,
  deedWord,
  Facts,
  labelsOf,
  Wish,
  wishWord,
} from "./approval_card.tsx";
import type { DecidingForm } from "./decided_items.ts";
import { WAKE_SCRIPT_PATH } from "./wake_script.ts";
import { askerWord } from "./who_asks.ts";

/** The page. */
export function ApprovalPage(props: ApprovalPageProps) {
  const { asked, decides, bar, notice } = props;
  return (
    <Layout title={titleOf(asked)} bar={bar} notice={notice} guard={decides && WAKE_SCRIPT_PATH}>
      {decides === undefined ? <Ending {...props} /> : <Question {...props} decides={decides} />}
      <p>
        <a href="/approvals">See everything that waits for you</a>
      </p>
    </Layout>
  );
}

/** What the page shows. */
export interface ApprovalPageProps {
  readonly bar: PersonBar;
  readonly asked: AskedApproval;
  /** The form of the buttons; `undefined`: there is nothing to press any more. */
  readonly decides: DecidingForm | undefined;
  readonly now: number;
  /** The person's time zone; `undefined`: not known. */
  readonly zone: string | undefined;
  readonly notice?: Notice | undefined;
}

function titleOf(asked: AskedApproval): string {
  switch (asked.approval.status) {
    case "open":
      return wishWord(asked);
    case "done":
      return "It is done";
    case "declined":
      return "You said no";
    case "expired":
      return "The time was over";
    case "changed":
      return "There is nothing left to do";
    case "unknown":
      return "It may be done only in part";
  }
}

type QuestionProps = ApprovalPageProps & { readonly decides: DecidingForm };

function Question({ asked, decides, now, zone }: QuestionProps) {
  const { approval } = asked;
  return (
    <>
      {approval.status === "unknown" ? <UnknownOutcome /> : null}
      <Wish approval={approval} level={2} zone={zone} />
      <Facts asked={asked} now={now} />
      {approval.status === "open"
        ? (
          <p>
            Nothing happens without your yes. If you did not expect this, say no. What you allow, you can undo
            later under “What they did”.
          </p>
        )
        : null}
      <Decide {...decides} labels={labelsOf([approval])} />
    </>
  );
}

/** Says what to do where the outcome of a yes is not known. */
export function UnknownOutcome() {
  return (
    <p>
      You said yes, but the answer got lost on the way, so we do not know how far it came. Press the button:
      it finishes this same change and does nothing twice.
    </p>
  );
}

function Ending({ asked, zone }: ApprovalPageProps) {
  const { approval, asker } = asked;
  return (
    <>
      <p>
        {`${endingWord(asked)} ${nextWord(approval)}`.trim()}
        {approval.status !== "done" ? null : (
          <>
            {" "}
            You can undo it under <a href="/activity">What they did</a>.
          </>
        )}
      </p>
      <dl>
        <AskerFacts asker={asker} />
        <dt>Asked for</dt>
        <dd dir="auto">{approval.sentence || approval.toolTitle}</dd>
        {approval.decidedAt === null ? null : (
          <>
            <dt>Answered</dt>
            <dd>{momentWord(Date.parse(approval.decidedAt), zone)}</dd>
          </>
        )}
      </dl>
    </>
  );
}

/** How a request ended, as a sentence. */
export function endingWord(asked: AskedApproval): string {
  const deed = namedDeed(asked.approval);
  const asker = askerWord(asked.asker);
  switch (asked.approval.status) {
    case "done":
      return `${asker} asked to ${deed}. You said yes, and it was done.`;
    case "declined":
      return `${asker} asked to ${deed}. You said no, and nothing was changed.`;
    case "expired":
      return `${asker} asked to ${deed}. Nobody answered in time, and nothing was changed.`;
    case "changed":
      return `${asker} asked to ${deed}. What it was about is not there any more, so nothing was done.`;
    case "open":
    case "unknown":
      return `${asker} asked to ${deed}.`;
  }
}

/** The deed with the record that it is about, where it is about one: several answers of one app stand in one list. */
function namedDeed(approval: Approval): string {
  const [only] = approval.rows;
  const title = approval.rowCount === 1 ? only?.title ?? "" : "";
  return title === "" ? deedWord(approval) : `${deedWord(approval)}, ${titleWord(title)}`;
}

function nextWord({ status }: Approval): string {
  if (status === "done") return "You can go back to the app now.";
  if (status === "declined") return "The app is told so.";
  if (status === "changed") return "";
  return "If you still want it, tell the app to ask again.";
}
