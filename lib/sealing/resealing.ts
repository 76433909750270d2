// The second look at the key of what was written. A key that another device replaces between our look at it and our push is
// gone, and what was sealed with it could never be read again. Contract: auth-vault section 5.

import type { Clock } from "../kit/clock.ts";
import { Refused } from "../kit/errors.ts";
import { MAX_UNCONFIRMED_CHARS, VAULT_BELIEF_MS, VAULT_RENEWAL_MS } from "../kit/limits.ts";
import { createUnreadTally } from "../observe/request_tally.ts";
import { type Caller, type Principal, principalKey, servicesEnd } from "../people/principal.ts";
import type { CallScope } from "../spaces/call_scope.ts";
import type { ChangeCache } from "../changes/change_cache.ts";
import { liveRecord } from "../changes/live_records.ts";
import { type ChangePush, type PushedTable, spaceOf } from "../changes/push_changes.ts";
import { nextStamp } from "../changes/stamp.ts";
import type { PushField } from "../changes/sync_messages.ts";
import type { Cipher } from "./cipher.ts";
import type { Keyring } from "./keyring.ts";
import { hasNoKey } from "./vault_client.ts";

/**
 * Confirms the key once more after a push, for all writes of a person together, and when the key has to be confirmed for their
 * next writes anyway. So it is at the same time the background renewal of Keyring.sealingKey, and costs one audit row. What
 * was sealed with a replaced key is sealed and pushed again. Tokens and ciphertexts are held until the key is confirmed,
 * at most MAX_UNCONFIRMED_CHARS over all people.
 */
export interface Resealing {
  /** To be called when the values were pushed, or may have been. */
  pushed(write: SealedWrite): void;
  /** Looks at once at all writes that wait, since the process ends. Never throws. */
  settle(): Promise<void>;
  /** Forgets all writes that wait. */
  close(): void;
}

/** Sealed values of one record, just pushed. */
export interface SealedWrite {
  readonly scope: Pick<CallScope, "actor" | "caller" | "space" | "membershipVersion">;
  readonly table: PushedTable;
  readonly id: string;
  readonly key: CryptoKey;
  /** Ciphertext by field. */
  readonly sealed: ReadonlyMap<string, string>;
}

/** Starts with no write waiting. */
export function createResealing(deps: ResealingDeps): Resealing {
  const closing = new AbortController();
  const state: ResealingState = { deps, people: new Map(), closing: closing.signal, chars: 0 };
  return Object.freeze({
    pushed: (write: SealedWrite) => addWrite(state, write),
    async settle() {
      const unsettled = [...state.people.values()].filter(({ writes }) => writes.size > 0);
      await Promise.all(unsettled.map((person) => look(state, person)));
    },
    close() {
      closing.abort();
      for (const person of state.people.values()) person.cancelLook?.();
      state.people.clear();
    },
  });
}

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

interface ResealingState {
  readonly deps: ResealingDeps;
  /** Who has writes that wait, by `principalKey`. */
  readonly people: Map<string, WritingPerson>;
  readonly closing: AbortSignal;
  /** Characters of ciphertext that wait, over all people. */
  chars: number;
}

interface WritingPerson {
  /** `principalKey`. */
  readonly id: string;
  /** Whose token the next look takes: the one that ends last. */
  caller: Caller;
  readonly writes: Set<SealedWrite>;
  /** When the last of the writes was pushed, on `Clock.elapsed`: the key has to be confirmed after that. */
  pushedAt: number;
  /** Calls the next look off. */
  cancelLook: (() => void) | null;
  /** The last of the looks under way. */
  looking: Promise<void> | null;
}

function addWrite(state: ResealingState, write: SealedWrite): void {
  const { clock, keyring, observe } = state.deps;
  if (state.closing.aborted) return;
  if (state.chars > MAX_UNCONFIRMED_CHARS) return observe("unconfirmed", nameOf(write), 1);
  const { actor, caller: { principal, token }, space, membershipVersion } = write.scope;
  // The call is over when its key is looked at again: the call's tally and signal take no part in that.
  const caller: Caller = { principal, token, tally: createUnreadTally() };
  const person = personOf(state, caller);
  if (servicesEnd(principal) >= servicesEnd(person.caller.principal)) person.caller = caller;
  person.writes.add({ ...write, scope: { actor, caller, space, membershipVersion } });
  state.chars += charsOf(write);
  person.pushedAt = clock.elapsed();
  const confirmedAt = keyring.confirmedAt(principal);
  const age = confirmedAt === null ? Infinity : person.pushedAt - confirmedAt;
  lookLater(state, person, Math.max(0, VAULT_BELIEF_MS - VAULT_RENEWAL_MS - age));
}

function personOf({ people }: ResealingState, caller: Caller): WritingPerson {
  const id = principalKey(caller.principal);
  let person = people.get(id);
  if (person === undefined) {
    person = { id, caller, writes: new Set(), pushedAt: 0, cancelLook: null, looking: null };
    people.set(id, person);
  }
  return person;
}

function lookLater(state: ResealingState, person: WritingPerson, delayMs: number): void {
  if (state.closing.aborted) return;
  person.cancelLook ??= state.deps.clock.after(delayMs, () => void look(state, person));
}

async function look(state: ResealingState, person: WritingPerson): Promise<void> {
  person.cancelLook?.();
  person.cancelLook = null;
  // One look after the other, or a record would be sealed again twice.
  const own = (person.looking ?? Promise.resolve()).then(() => settleWrites(state, person));
  person.looking = own;
  await own;
  if (person.looking !== own) return;
  person.looking = null;
  if (person.writes.size > 0) lookLater(state, person, VAULT_BELIEF_MS);
  else if (state.people.get(person.id) === person) state.people.delete(person.id);
}

/** Settles the writes that were pushed so far. Writes stay when it fails for the moment: a later look tries again. */
async function settleWrites(state: ResealingState, person: WritingPerson): Promise<void> {
  const { clock, keyring } = state.deps;
  const writes = [...person.writes];
  const { caller } = person;
  if (writes.length === 0) return;
  if (isTokenOver(caller.principal, clock)) return giveUp(state, person);
  try {
    const key = await keyring.confirm(caller, state.closing, person.pushedAt);
    for (const write of writes) {
      if (!await isOpenedBy(state, key, write)) await reseal(state, write, caller, key);
      forgetWrite(state, person, write);
    }
  } catch (error) {
    // Without a key nobody can tell whether the writes are readable, nor seal them again.
    if (error instanceof Refused && hasNoKey(error.refusal)) giveUp(state, person);
  }
}

async function isOpenedBy(
  { deps }: ResealingState,
  key: CryptoKey,
  { key: own, sealed }: SealedWrite,
): Promise<boolean> {
  if (key === own) return true;
  const [first] = sealed.values();
  return first === undefined || (await deps.cipher.open(key, first)).ok;
}

/** Seals and pushes again what is still stored as it was pushed. A value that somebody has changed since is theirs. */
async function reseal(
  state: ResealingState,
  write: SealedWrite,
  caller: Caller,
  key: CryptoKey,
): Promise<void> {
  const { changes, cipher, clock, observe, push } = state.deps;
  const { scope: { space, membershipVersion }, table, id } = write;
  const reader = { caller, membershipVersion, signal: state.closing, isStrict: true };
  const record = liveRecord(await changes.read(reader, table.app, table.name), id, space);
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
  const author = { caller, actor: write.scope.actor, signal: state.closing };
  await push(author, table, { id, op: "update", ...spaceOf(record.storedAs), fields });
  observe("resealed", nameOf(write), 1);
  // The key may be replaced once more just now.
  addWrite(state, { ...write, scope: { ...write.scope, caller }, key, sealed });
}

function giveUp(state: ResealingState, person: WritingPerson): void {
  for (const write of person.writes) {
    if (forgetWrite(state, person, write)) state.deps.observe("unconfirmed", nameOf(write), 1);
  }
}

/** False when the write was forgotten before. */
function forgetWrite(state: ResealingState, person: WritingPerson, write: SealedWrite): boolean {
  if (!person.writes.delete(write)) return false;
  state.chars -= charsOf(write);
  return true;
}

function isTokenOver(principal: Principal, clock: Clock): boolean {
  return servicesEnd(principal) <= clock.calendar();
}

function nameOf({ table: { app, name } }: SealedWrite): string {
  return `${app}/${name}`;
}

function charsOf({ sealed }: SealedWrite): number {
  let chars = 0;
  for (const value of sealed.values()) chars += value.length;
  return chars;
}
