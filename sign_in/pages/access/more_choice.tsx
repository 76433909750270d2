// What is chosen once for an app and seldom: how much it may read in an hour, and which tools it sees first.
import type { AccessFields, AccessOffer } from "./access_fields.ts";
import { READ_BUDGETS, USUAL_READ_BUDGET } from "./narrowing_fields.ts";
import { isHandful } from "./presets.ts";

/** The fold with both. Where few modules are offered all their tools fit, and what was picked before is kept. */
export function MoreChoice({ offer, chosen, prefix = "" }: MoreChoiceProps) {
  const hasProfiles = !isHandful(offer.permissions);
  const { readBudget = USUAL_READ_BUDGET } = chosen.narrowing;
  return (
    <details open={chosen.profile !== undefined || chosen.narrowing.readBudget !== undefined}>
      <summary>
        <strong>
          {hasProfiles ? "How much it reads, and its tools" : "How much it reads"}
        </strong>
      </summary>
      <p class="soft">
        An app that goes astray cannot take everything at once: when it has read so much, it has to wait.
      </p>
      <label for={`${prefix}budget`}>In an hour it may read</label>
      <select id={`${prefix}budget`} name="budget">
        {READ_BUDGETS.map((budget) => (
          <option key={budget} value={String(budget)} selected={budget === readBudget}>
            {budget.toLocaleString("en-GB")} things{budget === USUAL_READ_BUDGET ? ", as usual" : ""}
          </option>
        ))}
      </select>
      {hasProfiles
        ? <ProfileChoice offer={offer} chosen={chosen} prefix={prefix} />
        : <input type="hidden" name="profile" value={chosen.profile ?? ""} />}
    </details>
  );
}

/** What the fold shows. */
export interface MoreChoiceProps {
  readonly offer: AccessOffer;
  readonly chosen: AccessFields;
  /** Begins the ids of the fields. */
  readonly prefix?: string;
}

/** Which tools the app is shown. */
function ProfileChoice({ offer, chosen, prefix = "" }: MoreChoiceProps) {
  return (
    <>
      <p class="soft">
        An app sees 40 tools at most. Where your choice comes to more, it sees the most used ones and a few
        that reach everything you allowed. You can also pick what it sees; what it may do stays the same.
      </p>
      <label for={`${prefix}profile`}>It sees</label>
      <select id={`${prefix}profile`} name="profile">
        <option value="">the tools of what I allow</option>
        {offer.profiles.map(({ name, about }) => (
          <option key={name} value={name} selected={name === chosen.profile}>{about}</option>
        ))}
      </select>
    </>
  );
}
