import type { Clock } from "../kit/clock.ts";
import { type Caller, type Principal, principalKey } from "../people/principal.ts";
import { Refused } from "../kit/errors.ts";
import { MAX_UNCONFIRMED_CHARS, VAULT_BELIEF_MS, VAULT_RENEWAL_MS } from "../kit/limits.ts";
import { createUnreadTally } from "../observe/request_tally.ts";
import { type ChangePush, type PushedTable, spaceOf } from "../changes/push_changes.ts";
import type { Cipher } from "./cipher.ts";
import type { Keyring } from "./keyring.ts";
import type { ChangeCache } from "../changes/change_cache.ts";
import type { CallScope } from "../spaces/call_scope.ts";
import { nextStamp } from "../changes/stamp.ts";
import { liveRecord } from "../changes/live_records.ts";
import type { PushActor, PushField } from "../changes/sync_messages.ts";

/** Dependencies of {@link createResealing}. */
export interface ResealingDeps {
  readonly keyring: Pick<Keyring, "confirm" | "confirmedAt">;
  readonly cipher: Cipher;
  readonly changes: Pick<ChangeCache, "read">;
  readonly push: ChangePush;
  readonly clock: Clock;
  /** `resealed`: stored again under the new key; `unconfirmed`: it could not be found out whether that is needed. */
  readonly observe: (kind: "resealed" | "unconfirmed", table: string, count: number) => void;
}

/** Sealed values of one record, just pushed. */
export interface SealedWrite {
  readonly scope: Pick<CallScope, "caller" | "space" | "membershipVersion">;
  readonly actor: PushActor;
  readonly table: PushedTable;
  readonly id: string;
  readonly key: CryptoKey;
  /** Ciphertext by field. */
  readonly sealed: ReadonlyMap<string, string>;
}

/**
 * The second look at the key of what was written. A key that another device replaces between our look at it and our push is
 * gone, and what was sealed with it could never be read again. So the key is confirmed once more after the push: for all
 * writes of a person together, when it has to be confirmed for their next ones anyway, which makes it the background renewal
 * of Keyring.sealingKey and keeps it at one audit row. What was sealed with a replaced key is sealed and pushed again.
 */
export interface Resealing {
  /** The values were pushed, or may have been. */
  pushed(write: SealedWrite): void;
  /** Looks at once at all that waits: the process ends. Never throws. */
  settle(): Promise<void>;
  /** Forgets all that waits. */
  close(): void;
}

interface Waiting {
  readonly id: string;
  /** Whose token the next look takes: the newest. */
  caller: Caller;
  readonly writes: Set<SealedWrite>;
  /** When the last of them was pushed: the key has to be confirmed after that. */
  pushedAt: number;
  disarm: (() => void) | null;
  /** The last of the looks under way. */
  looking: Promise<void> | null;
}

/** Creates it, with nothing waiting. Tokens and ciphertexts are held until the key is confirmed, bounded over all people. */
export function createResealing(deps: ResealingDeps): Resealing {
  const { cipher, keyring, clock, observe } = deps;
  const waiting = new Map<string, Waiting>();
  const closing = new AbortController();
  const { signal } = closing;
  let chars = 0;

  const isOver = ({ expiresAt }: Principal): boolean => expiresAt * 1000 <= clock.calendar();
  const nameOf = ({ table: { app, name } }: SealedWrite): string => `${app}/${name}`;

  const take = (person: Waiting, write: SealedWrite): boolean => {
    if (!person.writes.delete(write)) return false;
    chars -= charsOf(write);
    return true;
  };

  const giveUp = (person: Waiting): void => {
    for (const write of person.writes) if (take(person, write)) observe("unconfirmed", nameOf(write), 1);
  };

  /** Seals and pushes again what is still stored as it was pushed; a value that somebody has changed since is theirs. */
  const reseal = async (write: SealedWrite, caller: Caller, key: CryptoKey): Promise<void> => {
    const { scope: { space, membershipVersion }, table, id } = write;
    const reader = { caller, membershipVersion, signal, isStrict: true };
    const log = await deps.changes.read(reader, table.app, table.name);
    const record = liveRecord(log, id, space);
    if (record === null) return;
    const fields: Record<string, PushField> = {};
    const sealed = new Map<string, string>();
    for (const [name, ciphertext] of write.sealed) {
      const cell = record.cell(name);
      if (cell?.value !== ciphertext) continue;
      const opened = await cipher.open(write.key, ciphertext);
      if (!opened.ok) continue;
      const value = await cipher.seal(key, opened.value);
      const at = nextStamp(clock.calendar(), cell.stamp);
      sealed.set(name, value);
      fields[name] = { value, at, updatedAt: at };
    }
    if (sealed.size === 0) return;
    const author = { caller, actor: write.actor, signal };
    await deps.push(author, table, { id, op: "update", ...spaceOf(record.storedAs), fields });
    observe("resealed", nameOf(write), 1);
    // The key may be replaced once more just now.
    resealing.pushed({ ...write, scope: { ...write.scope, caller }, key, sealed });
  };

  const opens = async (key: CryptoKey, { key: own, sealed }: SealedWrite): Promise<boolean> => {
    if (key === own) return true;
    const [first] = sealed.values();
    return first === undefined || (await cipher.open(key, first)).ok;
  };

  /** Settles what was pushed before; what fails for the moment is tried again later. */
  const settleWrites = async (person: Waiting): Promise<void> => {
    const writes = [...person.writes];
    const { caller } = person;
    if (writes.length === 0) return;
    if (isOver(caller.principal)) return giveUp(person);
    try {
      const key = await keyring.confirm(caller, signal, person.pushedAt);
      for (const write of writes) {
        if (!await opens(key, write)) await reseal(write, caller, key);
        take(person, write);
      }
    } catch (error) {
      const { reason } = error instanceof Refused ? error.refusal : { reason: "internal" };
      // There is no key any more by which to tell, nor one to seal with.
      if (reason === "zero-knowledge" || reason === "vault-not-initialised") giveUp(person);
    }
  };

  const look = async (person: Waiting): Promise<void> => {
    person.disarm?.();
    person.disarm = null;
    // One after the other, or a record would be sealed again twice.
    const own = (person.looking ?? Promise.resolve()).then(() => settleWrites(person));
    person.looking = own;
    await own;
    if (person.looking !== own) return;
    person.looking = null;
    if (person.writes.size > 0) arm(person, VAULT_BELIEF_MS);
    else if (waiting.get(person.id) === person) waiting.delete(person.id);
  };

  const arm = (person: Waiting, delayMs: number): void => {
    if (signal.aborted) return;
    person.disarm ??= clock.after(delayMs, () => void look(person));
  };

  const resealing: Resealing = Object.freeze({
    pushed(write: SealedWrite) {
      if (signal.aborted) return;
      if (chars > MAX_UNCONFIRMED_CHARS) return observe("unconfirmed", nameOf(write), 1);
      const { caller: { principal, token }, space, membershipVersion } = write.scope;
      // The call is over when its key is looked at again: its tally and its signal are no part of that.
      const caller: Caller = { principal, token, tally: createUnreadTally() };
      const id = principalKey(principal);
      const none = { id, caller, writes: new Set<SealedWrite>(), pushedAt: 0, disarm: null, looking: null };
      const person: Waiting = waiting.get(id) ?? none;
      waiting.set(id, person);
      if (principal.expiresAt >= person.caller.principal.expiresAt) person.caller = caller;
      person.writes.add({ ...write, scope: { caller, space, membershipVersion } });
      chars += charsOf(write);
      person.pushedAt = clock.elapsed();
      const confirmedAt = keyring.confirmedAt(principal);
      const age = confirmedAt === null ? Infinity : person.pushedAt - confirmedAt;
      arm(person, Math.max(0, VAULT_BELIEF_MS - VAULT_RENEWAL_MS - age));
    },
    async settle() {
      await Promise.all([...waiting.values()].filter(({ writes }) => writes.size > 0).map(look));
    },
    close() {
      closing.abort();
      for (const person of waiting.values()) person.disarm?.();
      waiting.clear();
    },
  });
  return resealing;
}

function charsOf({ sealed }: SealedWrite): number {
  let chars = 0;
  for (const value of sealed.values()) chars += value.length;
  return chars;
}
