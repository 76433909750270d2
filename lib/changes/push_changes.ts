import type { Caller } from "../people/principal.ts";
import type { ChangeCache } from "./change_cache.ts";
import type { CallScope } from "../spaces/call_scope.ts";
import type { SyncClient } from "./sync_client.ts";
import type { PushActor, PushChange } from "./sync_messages.ts";

/** Name of a client in the history of a record. */
const MAX_CLIENT_NAME_CHARS = 64;

/** Dependencies of {@link createChangePush}. */
export interface ChangePushDeps {
  readonly sync: Pick<SyncClient, "push">;
  readonly changes: Pick<ChangeCache, "wrote">;
}

/** Whose change it is, with whose token it goes, and for how long. */
export interface ChangeAuthor {
  readonly caller: Caller;
  readonly actor: PushActor;
  readonly signal: AbortSignal;
}

/** The table that is written, and what one of its records is called. */
export interface PushedTable {
  readonly app: string;
  readonly name: string;
  readonly record: string;
}

/** What happens to one record. */
export type RecordChange = Omit<PushChange, "table" | "actor" | "origin">;

/**
 * Stores one change as the agent's. The caller's reads pull after it, also where it is not known whether it was stored.
 * Throws what `SyncClient.push` throws.
 */
export type ChangePush = (author: ChangeAuthor, table: PushedTable, change: RecordChange) => Promise<void>;

/** Creates it. */
export function createChangePush({ sync, changes }: ChangePushDeps): ChangePush {
  return async ({ caller, actor, signal }, { app, name, record }, { id, op, ...rest }) => {
    try {
      const changes: PushChange[] = [{ table: name, id, op, actor, origin: "agent", ...rest }];
      await sync.push(caller, { app, record, changes }, signal);
    } finally {
      changes.wrote(caller.principal, app, name);
    }
  };
}

/**
 * A change carries the space id its record is stored under, as the app's own do: co-members receive it, and every
 * reader that sees the record sees the change. A record stored without one keeps none: with the active space's id on
 * the change, a reader that knows only the person (no organization) would see the record but not the change.
 */
export function spaceOf(storedAs: string): { readonly spaceId?: string } {
  return storedAs === "" ? {} : { spaceId: storedAs };
}

/** The agent as the app's history shows it (sync contract section 9). The client chose its name: kept short and clean. */
export function actorOf({ actor }: CallScope): PushActor {
  const name = actor.clientName.toWellFormed().replace(/\p{Cc}/gu, "").slice(0, MAX_CLIENT_NAME_CHARS)
    .toWellFormed();
  const displayName = name.trim() === "" ? "unknown" : name;
  return { kind: "ai", principalId: `mcp:${displayName}`, displayName, rationale: actor.tool };
}
