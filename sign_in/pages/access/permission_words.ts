// What pages call modules and what apps may do with them. Labels and groups come from sign_in/modules.json.
import type { Grantable, GrantableGroup, GrantableProfile } from "../../oauth/grants/grantable_modules.ts";
import { moduleOf, type Permission } from "../../oauth/grants/scopes.ts";
import type { NarrowableModule } from "./narrowing_fields.ts";

/** Words for modules, permissions and uses. */
export interface PermissionWords {
  /** `notes` → `Notes`. */
  module(name: string): string;
  /** `notes:write` → `Add and change`. */
  access(permission: Permission): string;
  /** `notes:read`, `notes:write` → `Notes: see, add and change`. The permissions are of one module. */
  permissions(permissions: readonly Permission[]): string;
  /** `looked at Notes 12 times`. */
  use(module: string, access: string, count: number): string;
  /** Permissions by module, and modules by group, in the order of the groups. */
  byGroup(permissions: readonly Permission[]): readonly ModuleGroup[];
  /** The profiles of tools that have to do with these permissions. */
  profiles(permissions: readonly Permission[]): readonly GrantableProfile[];
  /** The modules of these permissions that can be narrowed, in the order of the modules. */
  narrowable(permissions: readonly Permission[]): readonly NarrowableModule[];
}

/** Creates the words for these modules. */
export function createPermissionWords({ groups, profiles, modules }: Grantable): PermissionWords {
  const known = new Map(modules.map((module) => [module.name, module]));
  const moduleWord = (name: string) => known.get(name)?.label ?? name;
  const accessWord = (permission: Permission) => {
    const access = accessOf(permission);
    const special = Object.entries(known.get(moduleOf(permission))?.accessWords ?? {})
      .find(([name]) => name === access);
    return special?.[1] ?? ACCESSES[access] ?? access;
  };
  return {
    module: moduleWord,
    access: accessWord,
    permissions(permissions) {
      const words = permissions.map(accessWord).map((word) => word.charAt(0).toLowerCase() + word.slice(1));
      return `${permissions.slice(0, 1).map((one) => moduleWord(moduleOf(one))).join("")}: ${
        words.join(", ")
      }`;
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
      return groups.map((group) => {
        const own = offered.filter((module) => module.group.name === group.name);
        const isWhole = own.length === modules.filter((module) => module.group.name === group.name).length;
        return { group, modules: own, isWhole };
      }).filter(({ modules }) => modules.length > 0);
    },
    profiles(permissions) {
      const touched = new Set(permissions.map((permission) => known.get(moduleOf(permission))?.group.name));
      return profiles.filter(({ group }) => group === undefined || touched.has(group));
    },
    narrowable(permissions) {
      const touched = new Set(permissions.map(moduleOf));
      return modules.flatMap((module) =>
        module.narrowing === undefined || !touched.has(module.name)
          ? []
          : [{ ...module, narrowing: module.narrowing }]
      );
    },
  };
}

/** Modules of one group. */
export interface ModuleGroup {
  readonly group: GrantableGroup;
  readonly modules: readonly ModulePermissions[];
  /** Whether every module of the group is among them. */
  readonly isWhole: boolean;
}

/** Some permissions of one module. */
export interface ModulePermissions {
  readonly name: string;
  readonly label: string;
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

/** The access of a permission: its second half. */
export function accessOf(permission: Permission): string {
  return permission.slice(permission.indexOf(":") + 1);
}
