// The folded "only …" of a module's line: since when, which fields, which tags, in which spaces. Works without a script; with one the
// number of records is counted while the person chooses (count_script.ts).
import type { ModuleChoice } from "../../oauth/grants/narrowing.ts";
import { CLIENT_NAME_LENGTH } from "../../kit/limits.ts";
import { plainName } from "../../kit/plain_name.ts";
import type { OfferedSpace } from "./access_fields.ts";
import type { NarrowableModule } from "./narrowing_fields.ts";
import { LEFT_SPACE, LOST_FIELDS, onlyWords, SINCE_CHOICES, sinceWords } from "./narrowing_words.ts";
import { type KnownRecords, namesOf, tagsOf } from "./known_records.ts";

/** The fold of one module. */
export function OnlyControl(props: OnlyProps) {
  const { module, choice, records, prefix, canAdd } = props;
  const { name, label, narrowing } = module;
  const count = records.counts.get(name) ?? "";
  const id = `${prefix}only-${name}`;
  return (
    // No tabindex: it would take everything in the fold out of the order of the keyboard.
    <details class="only" id={id} open={props.isOpen} data-module={name}>
      <summary>
        <span class="said">{onlyWords(choice, narrowing, namesOf(records, props.spaces))}</span>{" "}
        <span class="count">{count}</span>
      </summary>
      <label class="since" for={`${id}-since`}>Since when</label>
      <select class="since" id={`${id}-since`} name={`since.${name}`}>
        <option value="">any time</option>
        {sinceOf(choice).map((since) => (
          <option key={since} value={since} selected={since === choice?.since}>
            {sinceWords(since, narrowing)}
          </option>
        ))}
      </select>
      <FieldChoices {...props} />
      <TagChoice {...props} />
      <SpaceChoice {...props} />
      {canAdd
        ? (
          <label class="choice line blind">
            <input type="checkbox" name={`blind.${name}`} value="yes" checked={choice?.blind === true} />
            It may also add what it may not see
          </label>
        )
        : null}
      {records.canCount
        ? (
          <p class="buttons">
            <button
              type="submit"
              class="second"
              name="count"
              value={name}
              formaction={`${props.action}#${id}`}
              aria-label={`Count for ${label}`}
            >
              Count
            </button>
          </p>
        )
        : null}
    </details>
  );
}

/** What the fold shows. */
export interface OnlyProps {
  readonly module: NarrowableModule;
  /** What is chosen; `undefined`: the whole module is seen. */
  readonly choice: ModuleChoice | undefined;
  readonly spaces: readonly OfferedSpace[];
  readonly records: KnownRecords;
  /** Whether the fold is shown unfolded. */
  readonly isOpen: boolean;
  /** Begins the ids of the fields. */
  readonly prefix: string;
  /** Where the form goes. */
  readonly action: string;
  /** Whether the app can be allowed to add. */
  readonly canAdd: boolean;
}

/** The choices of time, with the choice of another version of this page. */
function sinceOf(choice: ModuleChoice | undefined): readonly string[] {
  const offered: string[] = SINCE_CHOICES.map(({ since }) => since);
  return choice?.since === undefined || offered.includes(choice.since) ? offered : [...offered, choice.since];
}

/** Which fields; a choice that no longer exists stays chosen, since without it the app would see everything. */
function FieldChoices({ module: { name, narrowing: { fieldChoices } }, choice }: OnlyProps) {
  const fields = choice?.fields ?? "";
  const isLost = fields !== "" && !fieldChoices.some((one) => one.name === fields);
  if (fieldChoices.length === 0 && !isLost) return null;
  const lines = [
    { name: "", label: "everything" },
    ...fieldChoices,
    ...isLost ? [{ name: fields, label: LOST_FIELDS }] : [],
  ];
  return (
    <fieldset>
      <legend>What it sees of each</legend>
      {lines.map((line) => (
        <label class="choice line" key={line.name}>
          <input type="radio" name={`fields.${name}`} value={line.name} checked={line.name === fields} />
          {line.label}
        </label>
      ))}
    </fieldset>
  );
}

function TagChoice({ module, choice, records }: OnlyProps) {
  const { name, narrowing } = module;
  const chosen = choice?.tags ?? [];
  const offered = tagsOf(records, narrowing);
  if (narrowing.tags === undefined || records.tags === null && !records.canCount && chosen.length === 0) {
    return null;
  }
  const names = new Map(offered?.map((tag) => [tag.value, tag.name]));
  const all = [
    ...chosen.map((value) => ({ value, name: names.get(value) ?? value })),
    ...(offered ?? []).filter(({ value }) => !chosen.includes(value)).slice(0, SHOWN_TAGS),
  ];
  return (
    <fieldset class="tags">
      <legend>Only with one of these tags</legend>
      {all.map((tag) => (
        <label class="choice" key={tag.value}>
          <input
            type="checkbox"
            name={`tag.${name}`}
            value={tag.value}
            checked={chosen.includes(tag.value)}
          />
          <bdi>{plainName(tag.name, CLIENT_NAME_LENGTH) || tag.value}</bdi>
        </label>
      ))}
      {offered === null
        ? (
          <p class="soft">
            Your tags cannot be shown now.{chosen.length === 0 ? "" : " What you chose before stays chosen."}
          </p>
        )
        : all.length === 0
        ? <p class="soft">You have no tags here yet.</p>
        : offered.length > all.length
        ? <p class="soft">These are the first {all.length} of {offered.length} tags.</p>
        : null}
    </fieldset>
  );
}

/** Tags that are shown of those that are not chosen; more would make the page slow. */
const SHOWN_TAGS = 100;

/** A space that the person has left stays chosen until they untick it: without it the app would see more. */
function SpaceChoice({ module: { name }, choice, spaces }: OnlyProps) {
  const chosen = choice?.spaces ?? [];
  const isShort = spaces.length > 1 && spaces.length <= SHOWN_SPACES;
  const shown = [
    ...chosen.filter((id) => !spaces.some((space) => space.id === id)).map((id) => ({
      id,
      name: LEFT_SPACE,
    })),
    ...spaces.filter(({ id }) => isShort || chosen.includes(id)),
  ];
  if (shown.length === 0) return null;
  return (
    <fieldset class="inside">
      <legend>Only in these spaces</legend>
      {shown.map((space) => (
        <label class="choice" key={space.id}>
          <input type="checkbox" name={`in.${name}`} value={space.id} checked={chosen.includes(space.id)} />
          {space.name}
        </label>
      ))}
    </fieldset>
  );
}

/** Spaces that are shown in each module; whoever has more chooses them for the whole app. */
const SHOWN_SPACES = 20;
