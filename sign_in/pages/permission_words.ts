// What pages call modules and what apps may do with them. Labels come from sign_in/modules.json.
import type { GrantableModule } from "../oauth/grants/grantable_modules.ts";
import type { Permission } from "../oauth/grants/scopes.ts";

/** Words for modules, permissions and uses. */
export interface PermissionWords {
  /** `notes` → `Notes`. */
  module(name: string): string;
  /** `notes:write` → `Add and change`. */
  access(permission: Permission): string;
  /** `notes:write` → `Notes: add and change`. */
  permission(permission: Permission): string;
  /** `looked at Notes 12 times`. */
  use(module: string, access: string, count: number): string;
  /** Permissions by module, and modules by the heading under which they stand, all in the order of the modules. */
  byGroup(permissions: readonly Permission[]): readonly ModuleGroup[];
}

/** Creates the words for these modules. */
export function createPermissionWords(modules: readonly GrantableModule[]): PermissionWords {
  const known = new Map(modules.map((module) => [module.name, module]));
  const moduleWord = (name: string) => known.get(name)?.label ?? name;
  const accessWord = (permission: Permission) => {
    const { module, access } = splitPermission(permission);
    const special = Object.entries(known.get(module)?.accessWords ?? {}).find(([name]) => name === access);
    return special?.[1] ?? ACCESSES[access] ?? access;
  };
  return {
    module: moduleWord,
    access: accessWord,
    permission(permission) {
      const access = accessWord(permission);
      const label = moduleWord(splitPermission(permission).module);
      return `${label}: ${access.charAt(0).toLowerCase()}${access.slice(1)}`;
    },
    use: (module, access, count) =>
      `${DONE[access] ?? access} ${moduleWord(module)} ${count === 1 ? "once" : `${count} times`}`,
    byGroup(permissions) {
      const offered = modules.map(({ name, label, group, accesses }) => ({
        name,
        label,
        group,
        permissions: accesses.map((access): Permission => `${name}:${access}`)
          .filter((permission) => permissions.includes(permission)),
      })).filter(({ permissions }) => permissions.length > 0);
      return [...Map.groupBy(offered, ({ group }) => group)].map(([group, modules]) => ({ group, modules }));
    },
  };
}

/** Modules under one heading. */
export interface ModuleGroup {
  readonly group: string;
  readonly modules: readonly ModulePermissions[];
}

/** Some permissions of one module. */
export interface ModulePermissions {
  readonly name: string;
  readonly label: string;
  readonly group: string;
  readonly permissions: readonly Permission[];
}

/** Words for a kind of access, as a thing that may be done. */
const ACCESSES: Readonly<Record<string, string>> = {
  read: "See",
  write: "Add and change",
  destructive: "Delete",
};

/** Words for a kind of access, as a thing that was done. */
const DONE: Readonly<Record<string, string>> = {
  read: "looked at",
  write: "wrote to",
  destructive: "deleted from",
};

/** The halves of a permission. */
function splitPermission(permission: Permission): { readonly module: string; readonly access: string } {
  const [module = "", access = ""] = permission.split(":");
  return { module, access };
}
