// The apps that a person ever connected, each once, however often it was connected: what the page of what apps did asks about and
// names. Judges nothing: which writes are an app's is proved by the gateway.
import type { ClientStore } from "../clients/client_store.ts";
import { appKeyOf, type KnownApp } from "../clients/is_same_app.ts";
import type { Grant } from "./grant.ts";
import type { GrantStore } from "./grant_store.ts";

/** Lists the apps, the one that was connected last first. Connections of forgotten clients that left no name are passed over. */
export async function listPersonApps(deps: PersonAppsDeps, userId: string): Promise<readonly PersonApp[]> {
  const clients = new Map<string, KnownApp | undefined>();
  const apps = new Map<string, { readonly app: KnownApp; readonly grants: Grant[] }>();
  for (const grant of await deps.grants.listEver(userId)) {
    const app = grant.app ?? await known(deps, clients, grant.clientId);
    if (app === undefined) continue;
    const key = appKeyOf(app);
    const same = apps.get(key);
    if (same === undefined) apps.set(key, { app, grants: [grant] });
    else same.grants.push(grant);
  }
  const now = deps.now();
  return [...apps].map(([key, { app, grants }]) => ({
    key,
    name: app.name,
    redirectUri: app.redirectUris[0],
    grants,
    isLive: grants.some((grant) => isLive(grant, now)),
  }));
}

/** An app of a person. */
export interface PersonApp {
  /** The same for each connection of the app; names it to the gateway and in addresses of pages. */
  readonly key: string;
  /** The name that it gave itself, fit to be shown. */
  readonly name: string;
  /** Where it was answered. */
  readonly redirectUri: string | undefined;
  /** Its connections, the newest first. */
  readonly grants: readonly Grant[];
  /** Whether it is connected now. */
  readonly isLive: boolean;
}

/** What the list is made of. */
export interface PersonAppsDeps {
  readonly grants: Pick<GrantStore, "listEver">;
  readonly clients: Pick<ClientStore, "find">;
  readonly now: () => number;
}

/** Connections of earlier versions left no name: their client has it. Asked once for each client. */
async function known(
  { clients }: PersonAppsDeps,
  found: Map<string, KnownApp | undefined>,
  clientId: string,
): Promise<KnownApp | undefined> {
  if (!found.has(clientId)) found.set(clientId, await clients.find(clientId));
  return found.get(clientId);
}

function isLive({ revokedAt, expiresAt }: Grant, now: number): boolean {
  return revokedAt === undefined && (expiresAt === undefined || expiresAt > now);
}
