// The one way to choose what an app may do and where: when it is connected, and ever after. Words: permission_words.ts.
import type { AccessFields, AccessOffer } from "./access_fields.ts";
import type { ModulePermissions, PermissionWords } from "./permission_words.ts";

/** The fields: permissions by module, then spaces. */
export function AccessControl(props: AccessControlProps) {
  const { words, permissions, chosen, prefix = "", hint } = props;
  const groups = words.byGroup(permissions);
  return (
    <>
      <fieldset id={`${prefix}permissions`} tabindex={-1}>
        <legend>What may it do?</legend>
        <p class="soft">{hint}</p>
        {groups.map(({ group, modules }) => (
          <div key={group}>
            {groups.length > 1 ? <p class="group">{group}</p> : null}
            {modules.map((module) => (
              <ModuleChoice key={module.name} module={module} words={words} chosen={chosen} />
            ))}
          </div>
        ))}
      </fieldset>
      <Where {...props} />
    </>
  );
}

/** What the control shows. */
export interface AccessControlProps extends AccessOffer {
  readonly words: PermissionWords;
  readonly chosen: AccessFields;
  /** Begins the ids of the fields, where a page has several controls. */
  readonly prefix?: string;
  /** The sentence above the permissions. */
  readonly hint: string;
}

function ModuleChoice(
  { module, words, chosen }: Pick<AccessControlProps, "words" | "chosen"> & {
    readonly module: ModulePermissions;
  },
) {
  return (
    <fieldset>
      <legend>{module.label}</legend>
      {module.permissions.map((permission) => (
        <label class="choice" key={permission}>
          <input
            type="checkbox"
            name="allow"
            value={permission}
            checked={chosen.permissions.includes(permission)}
          />
          {words.access(permission)}
        </label>
      ))}
    </fieldset>
  );
}

function Where({ spaces, chosen, canHaveAllSpaces, prefix = "" }: AccessControlProps) {
  return (
    <fieldset id={`${prefix}where`} tabindex={-1}>
      <legend>In which spaces?</legend>
      {canHaveAllSpaces
        ? (
          <>
            <label class="choice line">
              <input type="radio" name="where" value="all" checked={chosen.where === "all"} />
              All my spaces, also those I join later
            </label>
            <label class="choice line">
              <input type="radio" name="where" value="some" checked={chosen.where === "some"} />
              Only the ones I tick here:
            </label>
          </>
        )
        : <input type="hidden" name="where" value="some" />}
      {spaces.map(({ id, name }) => (
        <label class="choice" key={id}>
          <input type="checkbox" name="space" value={id} checked={chosen.spaces.includes(id)} />
          {name}
        </label>
      ))}
    </fieldset>
  );
}
