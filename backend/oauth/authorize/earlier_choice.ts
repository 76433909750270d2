import type { Client, ClientStore } from "../clients/client_store.ts";
import type { Grant } from "../grants/grant.ts";
import type { GrantStore } from "../grants/grant_store.ts";
import { isSameApp } from "../clients/is_same_app.ts";
import { BROAD_SCOPES, type Permission } from "../grants/scopes.ts";

/** The newest choice for this app; `undefined` when the person never connected it. */
export async function findEarlierChoice(
  deps: { readonly grants: GrantStore; readonly clients: ClientStore },
  userId: string,
  client: Client,
): Promise<EarlierChoice | undefined> {
  const own: Grant[] = [];
  for (const grant of deps.grants.listEver(userId)) {
    const other = grant.clientId === client.id ? client : await deps.clients.find(grant.clientId);
    if (other !== undefined && isSameApp(client, other)) own.push(grant);
  }
  const grant = own.find(({ clientId }) => clientId === client.id) ?? own[0];
  return grant && {
    grant,
    isSameClient: grant.clientId === client.id,
    replacesOther: own.some(({ id, clientId }) =>
      clientId !== client.id && deps.grants.findLive(id) !== undefined
    ),
  };
}

/** What a person chose when they connected an app the last time, in force or not. */
export interface EarlierChoice {
  readonly grant: Grant;
  /** The very same registration; otherwise the app registered anew. */
  readonly isSameClient: boolean;
  /** Whether a connection of another registration is in force, so that the new one would take its place. */
  readonly replacesOther: boolean;
}

/** What the app asked for now. */
export interface Asking {
  /** The fixed scopes in the words of the request. */
  readonly scope: string;
  readonly permissions: readonly Permission[];
}

/**
 * What the person can tick: what is asked for. An app that asks for one thing more (RFC 6750, section 3.1) may name that
 * thing alone; what it has stays on offer beside it, or the new connection would take the old one's rights away.
 */
export function offeredPermissions(
  { permissions }: Asking,
  earlier: EarlierChoice | undefined,
  all: readonly Permission[],
): readonly Permission[] {
  const kept = earlier?.isSameClient ? earlier.grant.permissions : [];
  return all.filter((one) => permissions.includes(one) || kept.includes(one));
}

/**
 * What is ticked before the person looks. At the first time everything but deleting: what is gone is gone. Later what they
 * chose before, and what is new: an app that names single scopes asks for just these, and for deleting only when that is
 * all it is about; one that asks for everything again gets nothing ticked that was left out before.
 */
export function tickedPermissions(asking: Asking, earlier: EarlierChoice | undefined): readonly Permission[] {
  const isHarmless = (one: Permission) => !one.endsWith(":destructive");
  if (earlier === undefined) return asking.permissions.filter(isHarmless);
  const { permissions: chosen, requested } = earlier.grant;
  const isBroad = asking.scope.split(" ").some((word) => BROAD_SCOPES.some((broad) => broad === word));
  const added = asking.permissions.filter((one) =>
    !chosen.includes(one) && !(isBroad && requested.includes(one))
  );
  const isAboutDeleting = !isBroad && !added.some(isHarmless);
  return [...chosen, ...added.filter((one) => isHarmless(one) || isAboutDeleting)];
}
