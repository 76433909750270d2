// What a person chose for the same app before, and what is ticked because of it. Grants nothing.
import type { Client, ClientStore } from "../clients/client_store.ts";
import type { Grant } from "../grants/grant.ts";
import type { GrantStore } from "../grants/grant_store.ts";
import { isSameApp } from "../clients/is_same_app.ts";
import { BROAD_SCOPES, moduleOf, type Permission, type ScopeList } from "../grants/scopes.ts";

/** The newest choice for this app; `undefined` when the person never connected it. */
export async function findEarlierChoice(
  deps: { readonly grants: GrantStore; readonly clients: ClientStore },
  userId: string,
  client: Client,
): Promise<EarlierChoice | undefined> {
  const own: Grant[] = [];
  for (const grant of await deps.grants.listEver(userId)) {
    const other = grant.clientId === client.id
      ? client
      : grant.app ?? await deps.clients.find(grant.clientId);
    if (other !== undefined && isSameApp(client, other)) own.push(grant);
  }
  const grant = own.find(({ clientId }) => clientId === client.id) ?? own[0];
  if (grant === undefined) return undefined;
  const live = await deps.grants.listLive(userId);
  return {
    grant,
    isSameClient: grant.clientId === client.id,
    replacesOther: own.some(({ id, clientId }) =>
      clientId !== client.id && live.some((grant) => grant.id === id)
    ),
  };
}

/** The choice that a person made when they connected an app the last time, in force or not. */
export interface EarlierChoice {
  readonly grant: Grant;
  /** True for the same registration; false when the app registered anew. */
  readonly isSameClient: boolean;
  /** Whether a connection of another registration is in force, so that the new one would take its place. */
  readonly replacesOther: boolean;
}

/** The request that is open now. */
export interface Asking {
  /** The fixed scopes in the words of the request. */
  readonly scope: string;
  readonly permissions: readonly Permission[];
}

/**
 * The permissions that the person can tick: the requested ones. An app that needs one permission more (RFC 6750,
 * section 3.1) may ask for that one alone. So the permissions it has stay on offer: otherwise the new connection would
 * take them away.
 */
export function offeredPermissions(
  { permissions }: Asking,
  earlier: EarlierChoice | undefined,
  all: readonly Permission[],
): readonly Permission[] {
  const kept = earlier?.isSameClient ? earlier.grant.permissions : [];
  return all.filter((permission) => permissions.includes(permission) || kept.includes(permission));
}

/**
 * The permissions that are ticked before the person looks. At the first time: everything but deleting, which cannot be
 * undone, and nothing sensitive. Later: the earlier choice and the new permissions, again nothing sensitive. A new permission to
 * delete is ticked only where the app names single scopes and asks for nothing else new. An app that asks for everything
 * again gets nothing ticked that the person left out before, and nothing like it.
 */
export function tickedPermissions(
  asking: Asking,
  earlier: EarlierChoice | undefined,
  { isSensitive }: Pick<ScopeList, "isSensitive">,
): readonly Permission[] {
  const isPlain = (permission: Permission) => !isSensitive(permission);
  const isHarmless = (permission: Permission) => !permission.endsWith(":destructive");
  if (earlier === undefined) return asking.permissions.filter((one) => isHarmless(one) && isPlain(one));
  const { grant, isSameClient } = earlier;
  const isBroad = asksBroadly(asking);
  // Any program on the person's computer can register with the name and place of another.
  const kept = isSameClient ? grant.permissions : grant.permissions.filter(isPlain);
  const added = asking.permissions.filter((permission) =>
    !grant.permissions.includes(permission) && !(isBroad && isLeftOut(permission, grant, isPlain))
  );
  const isAboutDeleting = !isBroad && !added.some(isHarmless);
  return [
    ...kept,
    ...added.filter((one) => isPlain(one) && (isHarmless(one) || isAboutDeleting)),
  ];
}

/** The permissions that an app names and that the person has not allowed it before; none where it asks for everything. */
export function namedPermissions(
  asking: Asking,
  earlier: EarlierChoice | undefined,
): readonly Permission[] {
  const kept = earlier?.isSameClient ? earlier.grant.permissions : [];
  return asksBroadly(asking) ? [] : asking.permissions.filter((permission) => !kept.includes(permission));
}

function asksBroadly({ scope }: Asking): boolean {
  return scope.split(" ").some((word) => BROAD_SCOPES.some((broad) => broad === word));
}

/**
 * Whether the person left out this permission before, or what is like it: the whole module, this access everywhere, or, for a
 * module that is new since, any module at all.
 */
function isLeftOut(
  permission: Permission,
  { permissions: chosen, requested }: Pick<Grant, "permissions" | "requested">,
  isPlain: (permission: Permission) => boolean,
): boolean {
  if (requested.includes(permission)) return true;
  const access = permission.slice(permission.indexOf(":"));
  const hasAccess = (one: Permission) => one.endsWith(access);
  if (requested.some(hasAccess) && !chosen.some(hasAccess)) return true;
  const allowed = new Set(chosen.map(moduleOf));
  const known = new Set(requested.filter(isPlain).map(moduleOf));
  const module = moduleOf(permission);
  return known.has(module) ? !allowed.has(module) : [...known].some((name) => !allowed.has(name));
}
