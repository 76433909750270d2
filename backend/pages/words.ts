import { type Permission, PERMISSIONS } from "../oauth/scopes.ts";

/** What a person calls a module. */
const MODULES: Readonly<Record<string, string>> = {
  habits: "Habits",
  todo: "To-dos",
  notes: "Notes",
  journal: "Journal",
  spaces: "Spaces",
};
/** What a person calls a kind of access, as a thing that may be done. */
const ACCESSES: Readonly<Record<string, string>> = {
  read: "See",
  write: "Add and change",
  destructive: "Delete",
};
/** The same as a thing that was done. */
const DONE: Readonly<Record<string, string>> = {
  read: "looked at",
  write: "wrote to",
  destructive: "deleted from",
};

/** The halves of a permission. */
export function splitPermission(
  permission: Permission,
): { readonly module: string; readonly access: string } {
  const [module = "", access = ""] = permission.split(":");
  return { module, access };
}

/** `notes` → `Notes`. */
export function moduleWord(module: string): string {
  return MODULES[module] ?? module;
}

/** `notes:write` → `Add and change`. */
export function accessWord(permission: Permission): string {
  const { module, access } = splitPermission(permission);
  return module === "spaces" ? "See the names of your spaces" : ACCESSES[access] ?? access;
}

/** `notes:write` → `Notes: add and change`. */
export function permissionWord(permission: Permission): string {
  const access = accessWord(permission);
  return `${moduleWord(splitPermission(permission).module)}: ${access.charAt(0).toLowerCase()}${
    access.slice(1)
  }`;
}

/** `looked at Notes 12 times`. */
export function useWord(module: string, access: string, count: number): string {
  return `${DONE[access] ?? access} ${moduleWord(module)} ${count === 1 ? "once" : `${count} times`}`;
}

/** Permissions by module, in their own order. */
export function byModule(
  permissions: readonly Permission[],
): readonly (readonly [string, readonly Permission[]])[] {
  const groups = Map.groupBy(
    PERMISSIONS.filter((one) => permissions.includes(one)),
    (one) => splitPermission(one).module,
  );
  return [...groups];
}

/** A day as people write it. */
export function dayWord(at: number | Date): string {
  return new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" }).format(at);
}

/** How long an app may stay connected: name in the form, words, milliseconds. */
export const DURATIONS = [
  { name: "day", words: "1 day", ms: 24 * 3600_000 },
  { name: "week", words: "1 week", ms: 7 * 24 * 3600_000 },
  { name: "month", words: "30 days", ms: 30 * 24 * 3600_000 },
  { name: "always", words: "Until I take it back", ms: undefined },
] as const;
