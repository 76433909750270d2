// One request of an app: what it wants, where, who asks, what would change, how long there is, and the buttons.
import { CLIENT_NAME_LENGTH } from "../../kit/limits.ts";
import { plainName } from "../../kit/plain_name.ts";
import { agoWord, dayWord, leftWord } from "../format_values.ts";
import type { Approval } from "../../gateway/answers.ts";
import { ChangedRows } from "../changed_rows.tsx";
import type { DecidingForm } from "./decided_items.ts";
import { type Asker, askerWord } from "./who_asks.ts";

/** A request with whoever asks. */
export interface AskedApproval {
  readonly approval: Approval;
  readonly asker: Asker;
}

/** What the app wants, as a sentence without its full stop: `“Claude” wants to delete a note`. */
export function wishWord({ approval, asker }: AskedApproval): string {
  return `${askerWord(asker)} wants to ${deedWord(approval)}`;
}

/** The deed of a tool, in the middle of a sentence: `delete a note`. */
export function deedWord({ toolTitle }: Pick<Approval, "toolTitle">): string {
  return toolTitle.charAt(0).toLowerCase() + toolTitle.slice(1);
}

/** What would happen, in the gateway's words, and each record. `level` is that of the headings. */
export function Wish({ approval, level, zone }: WishProps) {
  return (
    <>
      {approval.sentence === "" ? null : <p class="question" dir="auto">{approval.sentence}</p>}
      {approval.hasChanged && approval.status === "open"
        ? (
          <p>
            <strong>This changed after the app asked.</strong> You see it as it is now.
          </p>
        )
        : null}
      <ChangedRows {...approval} level={level} tense="asked" zone={zone} />
    </>
  );
}

/** What the part about the wish shows. */
export interface WishProps {
  readonly approval: Approval;
  /** The level of headings. */
  readonly level: 2 | 3 | 4;
  /** The person's time zone; `undefined`: not known. */
  readonly zone: string | undefined;
}

/** Who asks and where: what this server knows of the app, what an agent says of itself, the space, and how long there is. */
export function Facts({ asked: { approval, asker }, now }: FactsProps) {
  return (
    <dl>
      <AskerFacts asker={asker} />
      <dt>Where</dt>
      <dd>{placeOf(approval)}</dd>
      <dt>Asked</dt>
      <dd>{agoWord(now - Date.parse(approval.made))}</dd>
      {approval.status === "open"
        ? (
          <>
            <dt>Time left</dt>
            <dd>{leftWord(Date.parse(approval.until) - now)}</dd>
          </>
        )
        : null}
    </dl>
  );
}

/** What the facts are about. */
export interface FactsProps {
  readonly asked: AskedApproval;
  readonly now: number;
}

/** Who asks, for a list of facts. */
export function AskerFacts({ asker }: { readonly asker: Asker }) {
  switch (asker.kind) {
    case "app":
      return (
        <>
          <dt>It is at</dt>
          <dd>{asker.place}</dd>
          <dt>Connected</dt>
          <dd>{asker.isLive ? `since ${dayWord(asker.since)}` : "not any more"}</dd>
        </>
      );
    case "own-token":
      return asker.callsItself === "" ? null : (
        <>
          <dt>It calls itself</dt>
          <dd>{`“${asker.callsItself}”`}</dd>
        </>
      );
    case "forgotten":
      return (
        <>
          <dt>Connected</dt>
          <dd>not any more</dd>
        </>
      );
  }
}

/** The module and the space, as people call them. */
function placeOf({ moduleLabel, space }: Approval): string {
  const name = plainName(space.name ?? "", CLIENT_NAME_LENGTH);
  const place = space.kind === "personal" ? "your personal space" : `the shared space “${name || space.id}”`;
  return moduleLabel === "" ? place : `${moduleLabel}, in ${place}`;
}

/** The buttons, with what they decide in the form. A yes counts for exactly what the page shows. */
export function Decide({ items, wish, form, labels }: DecideProps) {
  return (
    <form method="post" action="/approvals">
      <input type="hidden" name="form" value={form} />
      <input type="hidden" name="wish" value={wish} />
      {items.map((item) => <input key={item} type="hidden" name="item" value={item} />)}
      <p class="buttons">
        {labels.yes === undefined
          ? null
          : (
            <button type="submit" name="decision" value="yes" class={labels.isDeletion ? "bad" : undefined}>
              {labels.yes}
            </button>
          )}
        {labels.no === undefined
          ? null
          : <button type="submit" name="decision" value="no" class="second">{labels.no}</button>}
      </p>
    </form>
  );
}

/** What the form of the buttons holds. */
export interface DecideProps extends DecidingForm {
  readonly labels: DecideLabels;
}

/**
 * The words on the buttons. There is no yes to what cannot be shown, and no no where a yes was said before and is only to be
 * completed.
 */
export interface DecideLabels {
  readonly yes: string | undefined;
  /** Whether a yes deletes and does nothing else. */
  readonly isDeletion: boolean;
  readonly no: string | undefined;
}

/** The words for these requests of one tool, all in the same state. */
export function labelsOf(approvals: readonly Approval[]): DecideLabels {
  if (approvals.some(({ status }) => status === "unknown")) {
    return { yes: "Finish it", no: undefined, isDeletion: false };
  }
  const isDeletion = approvals.every(({ rows }) =>
    rows.length > 0 && rows.every(({ op }) => op === "delete")
  );
  const count = approvals.length;
  const no = count === 1 ? "No" : `No to all ${count}`;
  // Nobody says yes to what they cannot see.
  if (approvals.some(({ rows, rowCount }) => rows.length === 0 && rowCount > 0)) {
    return { yes: undefined, no, isDeletion };
  }
  if (count === 1) return { yes: isDeletion ? "Yes, delete" : "Yes, do it", no, isDeletion };
  return { yes: isDeletion ? `Yes, delete all ${count}` : `Yes to all ${count}`, no, isDeletion };
}
