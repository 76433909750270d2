// The disclosure ledger: notes what each call was handed and what it wrote, in chains of sealed rows in the person's own space, so that
// the person can verify later what apps saw. Never holds a text of a record, nor an argument. docs/ledger.md tells what it proves.
import type { PushObserver } from "../changes/push_changes.ts";
import { createBoundedCache } from "../kit/bounded_cache.ts";
import { Refused } from "../kit/errors.ts";
import { LEDGER_ENDS_AT_ONCE, LEDGER_PEOPLE, LEDGER_WAIT_MS, STOP_LEDGER_MS } from "../kit/limits.ts";
import { type Caller, type Principal, principalKey } from "../people/principal.ts";
import type { MasterKeys } from "../sealing/master_key.ts";
import { hasNoKey } from "../sealing/vault_client.ts";
import type { ChainWriterDeps, CountGrant } from "./chain_writer.ts";
import { createDataPushes } from "./data_pushes.ts";
import type { GrantWindow } from "./ledger_body.ts";
import { createLedgerKeys } from "./ledger_keys.ts";
import { PersonLedger, type PersonLedgerDeps } from "./person_ledger.ts";
import type { Metrics } from "../observe/metrics.ts";
import type { Settings } from "../settings/settings.ts";
import { type CallNote, WaitingCall } from "./waiting_call.ts";

/** Whether calls are noted. `strict`: no answer without its row. */
export type LedgerMode = "strict" | "best-effort" | "off";

/** The ledger of everyone. */
export interface Ledger {
  /** How this caller's calls are noted: a person who asked for `strict` gets it whatever the operator chose. */
  modeOf(principal: Principal): LedgerMode;
  /**
   * Notes a call that is over, and waits for nothing. Null where there is nothing to note. `window` is asked, while rows are written,
   * what is counted of the call's grant.
   */
  note(caller: Caller, call: CallNote, window?: CountGrant): WaitingCall | null;
  /** Notes what was pushed, whoever wrote it and on which way; the first push of a person waits until a row of the chain is stored. */
  readonly pushes: PushObserver;
  /** Whether the call with this caller has pushed anything. */
  hasWritten(caller: Caller): boolean;
  /** Waits until what {@link note} returned is stored, or cannot be stored now. Never throws. */
  settle(caller: Caller, call: WaitingCall, signal: AbortSignal): Promise<LedgerAnswer>;
  /**
   * What other gateways, and this one before its start, counted of a grant within the last 25 hours, as each of their chains says last;
   * null where nothing is noted, so that nobody knows. Each call reads what was stored since the one before. Throws what `Keyring.key`
   * and `SyncClient.pull` throw.
   */
  earlierUse(caller: Caller, grantId: string, signal: AbortSignal): Promise<readonly GrantWindow[] | null>;
  /** Calls that wait for their row, of everybody. */
  waiting(): number;
  /** Stores what waits and ends every chain, for {@link STOP_LEDGER_MS} at most. Nothing is noted afterwards. */
  stop(): Promise<void>;
}

/** What became of a call's row. `inactive`: the sync service takes none because of the person's subscription. `none`: no ledger. */
export type LedgerAnswer = "stored" | "inactive" | "unavailable" | "none";

/** Dependencies of {@link createLedger}. */
export interface LedgerDeps extends Omit<ChainWriterDeps, "keys" | "closing" | "newId" | "count"> {
  readonly settings: Pick<Settings, "ledger">;
  readonly masterKeys: Pick<MasterKeys, "sealingKey" | "macKey">;
  /** 32 random hex digits. */
  readonly newHexId: () => string;
  readonly metrics: Pick<Metrics, "ledger">;
}

/** Starts with no chain. */
export function createLedger({ settings, masterKeys, newHexId, metrics, ...deps }: LedgerDeps): Ledger {
  const closing = new AbortController();
  const wrote = new WeakSet<Caller>();
  const keys = createLedgerKeys(masterKeys);
  const state: LedgerState = {
    deps: {
      ...deps,
      keys,
      newId: newHexId,
      count: metrics.ledger,
      closing: closing.signal,
      bound: { ids: 0 },
    },
    people: createBoundedCache<PersonLedger>(LEDGER_PEOPLE),
    live: new Map(),
    entering: new Set(),
  };
  const modeOf = ({ client }: Principal): LedgerMode => client?.ledger ?? settings.ledger;
  return Object.freeze({
    modeOf,
    note: (caller: Caller, call: CallNote, window?: CountGrant) =>
      modeOf(caller.principal) === "off" || closing.signal.aborted
        ? null
        : noteCall(state, caller, call, window),
    pushes: createDataPushes({
      isOff: (principal) => modeOf(principal) === "off" || closing.signal.aborted,
      personOf: (caller) => personOf(state, caller),
      addLive: (caller, person) => state.live.set(principalKey(caller.principal), person),
      onWritten: (caller) => wrote.add(caller),
      clock: deps.clock,
    }),
    hasWritten: (caller: Caller) => wrote.has(caller),
    settle: (caller: Caller, call: WaitingCall, signal: AbortSignal) => settle(state, caller, call, signal),
    async earlierUse(caller: Caller, grantId: string, signal: AbortSignal) {
      if (modeOf(caller.principal) === "off") return null;
      const { writer } = personOf(state, caller);
      await writer.heads.refresh(caller, await deps.keyring.key(caller, signal), signal);
      return [...writer.heads.all].flatMap(([chain, { window }]) => {
        const counts = writer.isOwn(chain) ? undefined : window.get(grantId);
        return counts === undefined ? [] : [counts];
      });
    },
    waiting: () => state.live.values().reduce((count, { waiting }) => count + waiting.length, 0),
    async stop() {
      const late = Promise.withResolvers<void>();
      const cancel = deps.clock.after(STOP_LEDGER_MS, late.resolve);
      const ending = endAll(state);
      await Promise.race([ending, late.promise]);
      cancel();
      closing.abort();
      await ending;
      for (const person of state.live.values()) person.close();
    },
  });
}

interface LedgerState {
  readonly deps: PersonLedgerDeps;
  readonly people: ReturnType<typeof createBoundedCache<PersonLedger>>;
  /** Who has a chain or calls that wait, by `principalKey`, also where there was no room for them among `people`. */
  readonly live: Map<string, PersonLedger>;
  /** Calls that need a key before they wait. */
  readonly entering: Set<Promise<void>>;
}

function personOf({ deps, people, live }: LedgerState, { principal }: Caller): PersonLedger {
  const key = principalKey(principal);
  let person = people.get(key);
  if (person === undefined) {
    person = live.get(key) ?? new PersonLedger(deps, () => live.delete(key));
    people.set(key, person);
  }
  return person;
}

function noteCall(
  state: LedgerState,
  caller: Caller,
  note: CallNote,
  window: CountGrant | undefined,
): WaitingCall | null {
  const { read, looked, args, outcome } = note;
  const person = personOf(state, caller);
  const written = note.callId === "" ? undefined : person.waiting.find(note.callId);
  if (read.length === 0 && looked.length === 0 && written?.state !== "waiting") return written ?? null;
  person.keep(caller, window);
  state.live.set(principalKey(caller.principal), person);
  const { client, scopes } = caller.principal;
  const { callId, ...facts } = note;
  const call = written?.state === "waiting" ? written : new WaitingCall({
    ...facts,
    callId: callId === "" ? state.deps.newId() : callId,
    client,
    scopes,
    appKey: client?.appKey ?? "",
  });
  call.read = read;
  call.looked = looked;
  if (call.outcome !== "unknown") call.outcome = outcome;
  const { authorship, keyring, keys } = state.deps;
  const held = keyring.held(caller.principal);
  const mark = held === null ? null : keys.marks(held);
  if (mark === null && authorship.keyless(caller.principal) === null) {
    // The arguments are held no longer than the vault takes to answer.
    const entering = call.entering = markLater(state, person, caller, call, args)
      .finally(() => state.entering.delete(entering));
    state.entering.add(entering);
    return call;
  }
  if (mark !== null) call.args = mark(args);
  if (call === written) person.waiting.weigh(call);
  else person.add(call);
  return call;
}

async function markLater(
  { deps: { keyring, keys, closing } }: LedgerState,
  person: PersonLedger,
  caller: Caller,
  call: WaitingCall,
  args: unknown,
): Promise<void> {
  const isKnown = person.waiting.find(call.callId) === call;
  try {
    const mark = await keys.prepared(await keyring.key(caller, closing));
    call.args = mark(args);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (hasNoKey(error.refusal)) {
      call.state = "lost";
      person.rest(error.refusal);
      return;
    }
    // Noted without a mark of its arguments, once there is a key.
  }
  if (!isKnown) person.add(call);
}

async function settle(
  state: LedgerState,
  caller: Caller,
  call: WaitingCall,
  signal: AbortSignal,
): Promise<LedgerAnswer> {
  const person = personOf(state, caller);
  const late = Promise.withResolvers<void>();
  const cancel = state.deps.clock.after(LEDGER_WAIT_MS, late.resolve);
  const leave = () => late.resolve();
  signal.addEventListener("abort", leave, { once: true });
  try {
    await Promise.race([person.settle(call), late.promise]);
  } finally {
    cancel();
    signal.removeEventListener("abort", leave);
  }
  if (call.state === "stored") return "stored";
  const { lastRefusal } = person;
  if (lastRefusal === "zero-knowledge" || lastRefusal === "vault-not-initialised") return "none";
  return lastRefusal === "sync-inactive" ? "inactive" : "unavailable";
}

/** Ends the chains of all, so many at a time. */
async function endAll({ live, entering }: LedgerState): Promise<void> {
  await Promise.all(entering);
  const left = [...live.values()][Symbol.iterator]();
  const endSome = async () => {
    for (const person of left) await person.end();
  };
  await Promise.all(Array.from({ length: LEDGER_ENDS_AT_ONCE }, endSome));
}
