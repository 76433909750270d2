// The one way to choose what an app may do and where: when it is connected, and ever after. Presets first, then groups, folded;
// the style sheet hides what a preset makes pointless. Words: permission_words.ts, presets.ts. What of a module is seen: only_control.tsx.
import { type AccessFields, type AccessOffer, isUnfolded } from "./access_fields.ts";
import type { KnownRecords } from "./known_records.ts";
import { MoreChoice } from "./more_choice.tsx";
import { OnlyControl } from "./only_control.tsx";
import {
  accessOf,
  type ModuleGroup,
  type ModulePermissions,
  type PermissionWords,
} from "./permission_words.ts";
import { type Preset, PRESET_WORDS, TASKS } from "./presets.ts";
import type { Permission } from "../../oauth/grants/scopes.ts";

/** The fields: presets, permissions by group and module, then spaces. */
export function AccessControl(props: AccessControlProps) {
  const { words, offer, chosen, prefix = "", hint } = props;
  const groups = words.byGroup(offer.permissions);
  const sensitive = groups.filter(({ group }) => group.isSensitive).map(({ group }) => group.name);
  return (
    <>
      <fieldset
        id={`${prefix}permissions`}
        tabindex={-1}
        class="access"
        data-count={props.count?.token}
        data-zone={props.count?.zone}
      >
        <legend>What may it do?</legend>
        <p class="soft">{hint}</p>
        {offer.presets.length === 1
          ? <input type="hidden" name="preset" value="choose" class="choose" />
          : offer.presets.map((preset) => (
            <PresetChoice
              key={preset}
              preset={preset}
              chosen={chosen.preset}
            />
          ))}
        {sensitive.length === 0 ? null : (
          <p class="soft">
            Only what you tick yourself: {sensitive.join(", ")}.
          </p>
        )}
        {offer.isNarrowingLost
          ? (
            <p class="problem">
              What you narrowed it to cannot be read any more, so it sees nothing. Choose under “only …” again
              what it may see.
            </p>
          )
          : null}
        <div class="groups">
          {groups.map((group) => <GroupChoice key={group.group.name} {...props} {...group} />)}
          <MoreChoice {...props} />
        </div>
        {props.count === undefined ? null : <p class="unseen" role="status" />}
        <AskFirst {...props} />
      </fieldset>
      <Where {...props} />
    </>
  );
}

/** What the control shows. */
export interface AccessControlProps {
  readonly words: PermissionWords;
  readonly offer: AccessOffer;
  readonly chosen: AccessFields;
  /** Begins the ids of the fields, where a page has several controls. */
  readonly prefix?: string;
  /** The sentence above the permissions. */
  readonly hint: string;
  /** What is known of the person's records. */
  readonly records: KnownRecords;
  /** For the script that counts what a choice shows; `undefined`: nobody can count. */
  readonly count: CountTicket | undefined;
  /** Where the form goes. */
  readonly action: string;
}

/** What the script needs to ask for counts. */
export interface CountTicket {
  readonly token: string;
  /** The zone of the connection, where the form has no field for it. */
  readonly zone?: string | undefined;
}

function PresetChoice({ preset, chosen }: { readonly preset: Preset; readonly chosen: Preset }) {
  const { name, about } = PRESET_WORDS[preset];
  return (
    <label class="choice line">
      <input class={preset} type="radio" name="preset" value={preset} checked={preset === chosen} />
      <span>
        <strong>{name}</strong> <span class="soft">{about}</span>
      </span>
    </label>
  );
}

function GroupChoice(props: AccessControlProps & ModuleGroup) {
  const { group, modules, isWhole, offer } = props;
  const permissions = modules.flatMap((module) => module.permissions);
  const kinds = MARKS.filter(({ access }) => permissions.some((one) => accessOf(one) === access));
  const isDated = modules.some(({ name }) => offer.narrowable.some((one) => one.name === name));
  const hasTasks = modules.some(({ name }) => name === TASKS);
  const isOpen = isUnfolded(modules, offer) || modules.some(({ name }) => isToBeSeen(name, props));
  return (
    <details
      class={[
        group.isSensitive ? "sensitive" : "plain",
        ...isDated ? ["dated"] : [],
        ...hasTasks ? ["tasked"] : [],
      ]
        .join(" ")}
      open={isOpen}
    >
      <summary>
        <strong>{group.name}</strong>{" "}
        <span class="marks">
          {kinds.map(({ access, word }) => <span key={access} class={`mark ${access}`}>{word}</span>)}
        </span>
        <span class="soft about">{isWhole ? group.about : modules.map(({ label }) => label).join(", ")}</span>
      </summary>
      <div class="boxes">
        {modules.map((module) => <ModuleChoice {...props} key={module.name} module={module} />)}
      </div>
    </details>
  );
}

/** Whether the person is asked before each change. Where there is no page to ask on, a choice of before is kept. */
function AskFirst({ offer, chosen }: AccessControlProps) {
  if (!offer.canAskFirst) {
    return chosen.askFirst ? <input type="hidden" name="ask" value="first" /> : null;
  }
  return (
    <label class="choice line">
      <input type="checkbox" name="ask" value="first" checked={chosen.askFirst} />
      <span>Ask me before it changes anything</span>
    </label>
  );
}

/** Words that stand beside a group while something of the kind is allowed in it. */
const MARKS = [
  { access: "read", word: "see" },
  { access: "write", word: "add" },
  { access: "destructive", word: "delete" },
] as const;

/** Whether the person asked about what they chose of a module, or has to look at it again. */
function isToBeSeen(
  name: string,
  { records, chosen }: Pick<AccessControlProps, "records" | "chosen">,
): boolean {
  return records.open.has(name) || chosen.narrowing.faults.some(({ module }) => module === name);
}

function ModuleChoice(
  { module, words, offer, chosen, records, action, prefix = "" }: AccessControlProps & {
    readonly module: ModulePermissions;
  },
) {
  const isAsked = (permission: Permission) => offer.asked.includes(permission);
  const narrowable = offer.narrowable.find(({ name }) => name === module.name);
  const kinds = [...narrowable === undefined ? [] : ["dated"], ...module.name === TASKS ? ["tasked"] : []];
  return (
    <fieldset class={kinds.join(" ")}>
      <legend>{module.label}</legend>
      {module.permissions.map((permission) => (
        <label class={`choice ${accessOf(permission)}`} key={permission}>
          <input
            class={accessOf(permission)}
            type="checkbox"
            name="allow"
            value={permission}
            checked={chosen.permissions.includes(permission)}
          />
          {words.access(permission)}
        </label>
      ))}
      {module.permissions.some((permission) => isAsked(permission) && offer.isSensitive(permission))
        ? <span class="soft">It asks for this. Tick it only if you want to.</span>
        : null}
      {narrowable === undefined ? null : (
        <OnlyControl
          module={narrowable}
          choice={chosen.narrowing.modules[module.name]}
          spaces={offer.spaces}
          records={records}
          isOpen={isToBeSeen(module.name, { records, chosen })}
          prefix={prefix}
          action={action}
          canAdd={module.permissions.some((permission) => accessOf(permission) === "write")}
        />
      )}
    </fieldset>
  );
}

function Where({ offer: { spaces, canHaveAllSpaces }, chosen, prefix = "" }: AccessControlProps) {
  return (
    <fieldset id={`${prefix}where`} tabindex={-1} class="where">
      <legend>In which spaces?</legend>
      {canHaveAllSpaces
        ? (
          <>
            <label class="choice line">
              <input class="all" type="radio" name="where" value="all" checked={chosen.where === "all"} />
              All my spaces, also later ones
            </label>
            <label class="choice line">
              <input type="radio" name="where" value="some" checked={chosen.where === "some"} />
              Only the ones I tick
            </label>
          </>
        )
        : <input type="hidden" name="where" value="some" />}
      <div class="spaces">
        {spaces.map(({ id, name }) => (
          <label class="choice" key={id}>
            <input type="checkbox" name="space" value={id} checked={chosen.spaces.includes(id)} />
            {name}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
