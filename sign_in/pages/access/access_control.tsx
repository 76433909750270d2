// The one way to choose what an app may do and where: when it is connected, and ever after. Presets first, then groups, folded;
// the style sheet hides what a preset makes pointless. Words: permission_words.ts, presets.ts.
import { type AccessFields, type AccessOffer, isUnfolded } from "./access_fields.ts";
import {
  accessOf,
  type ModuleGroup,
  type ModulePermissions,
  type PermissionWords,
} from "./permission_words.ts";
import { isHandful, type Preset, PRESET_WORDS } from "./presets.ts";
import type { Permission } from "../../oauth/grants/scopes.ts";

/** The fields: presets, permissions by group and module, then spaces. */
export function AccessControl(props: AccessControlProps) {
  const { words, offer, chosen, prefix = "", hint } = props;
  const groups = words.byGroup(offer.permissions);
  const sensitive = groups.filter(({ group }) => group.isSensitive).map(({ group }) => group.name);
  return (
    <>
      <fieldset id={`${prefix}permissions`} tabindex={-1} class="access">
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
        <div class="groups">
          {groups.map((group) => <GroupChoice key={group.group.name} {...props} {...group} />)}
          <ProfileChoice {...props} />
        </div>
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

function GroupChoice(
  { group, modules, isWhole, words, offer, chosen }: AccessControlProps & ModuleGroup,
) {
  const permissions = modules.flatMap((module) => module.permissions);
  const kinds = MARKS.filter(({ access }) => permissions.some((one) => accessOf(one) === access));
  return (
    <details class={group.isSensitive ? "sensitive" : "plain"} open={isUnfolded(modules, offer)}>
      <summary>
        <strong>{group.name}</strong>{" "}
        <span class="marks">
          {kinds.map(({ access, word }) => <span key={access} class={`mark ${access}`}>{word}</span>)}
        </span>
        <span class="soft about">{isWhole ? group.about : modules.map(({ label }) => label).join(", ")}</span>
      </summary>
      {group.isSensitive || offer.presets.length === 1
        ? null
        : <p class="names">{modules.map(({ label }) => label).join(", ")}</p>}
      <div class="boxes">
        {modules.map((module) => (
          <ModuleChoice key={module.name} module={module} words={words} offer={offer} chosen={chosen} />
        ))}
      </div>
    </details>
  );
}

/** Which tools the app is shown; where few modules are offered all their tools fit, and what was picked before is kept. */
function ProfileChoice({ offer, chosen, prefix = "" }: AccessControlProps) {
  if (isHandful(offer.permissions)) {
    return <input type="hidden" name="profile" value={chosen.profile ?? ""} />;
  }
  return (
    <details open={chosen.profile !== undefined}>
      <summary>
        <strong>Which tools it sees first</strong>
      </summary>
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

function ModuleChoice(
  { module, words, offer, chosen }: Pick<AccessControlProps, "words" | "offer" | "chosen"> & {
    readonly module: ModulePermissions;
  },
) {
  const isAsked = (permission: Permission) => offer.asked.includes(permission);
  return (
    <fieldset>
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
