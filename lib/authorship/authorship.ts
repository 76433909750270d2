// Who wrote a change: signs what the gateway pushes, and tells of what it pulls whether the signature holds. Both by keys that are
// derived of the person's master key, so that no service and no other person can say it in their place.
import type { ChangeAuthor, PushedTable, RecordChange, SignChange } from "../changes/push_changes.ts";
import { RELAYED_MARK } from "../changes/folded/agents.ts";
import type { PushActor } from "../changes/sync_messages.ts";
import type { Clock } from "../kit/clock.ts";
import { Refused } from "../kit/errors.ts";
import { createExpiringCache, type ExpiringCache } from "../kit/expiring_cache.ts";
import { type Caller, type Principal, principalKey } from "../people/principal.ts";
import type { Keyring } from "../sealing/keyring.ts";
import type { MasterKeys } from "../sealing/master_key.ts";
import { hasNoKey } from "../sealing/vault_client.ts";
import { type AuthorKey, type AuthorKeys, createAuthorKeys } from "./author_keys.ts";
import { type ChangeVerifier, createChangeVerifier } from "./change_verifier.ts";
import { actorOf, isCallId } from "./claim.ts";
import { contentOfPush, signedText } from "./signed_text.ts";

/** A change waits so long for a key to be signed with, where none is cached; then it goes unsigned. */
export const SIGNING_WAIT_MS = 2_000;
/** A person whose key could not be had is not asked for it again within this time, to sign what is stored in plaintext. */
export const KEYLESS_MS = 15_000;
/** People of whom this is remembered at once. */
const KEYLESS_ENTRIES = 5_000;

/** Signs changes, and verifies them. */
export interface Authorship {
  /**
   * The actor of a change, signed where there is a key within {@link SIGNING_WAIT_MS}: a write of plaintext must not begin to
   * fail because the vault is down. Throws Refused `cancelled` alone.
   */
  readonly sign: SignChange;
  /** Why the person's key could not be had just now to sign with: no server has it, or the vault fails. Null otherwise. */
  keyless(principal: Principal): Keyless | null;
  /**
   * What stands for an app in this person's change log; null where no server has the person's key. Throws what `Keyring.key`
   * throws otherwise.
   */
  pseudonymOf(caller: Caller, appKey: string, signal: AbortSignal): Promise<string | null>;
  /**
   * The verifier of the caller's changes, with the key that the vault gave just now: another device may have replaced it. Where
   * no server has the key, a verifier by which no signature holds. Throws what `Keyring.sealingKey` throws otherwise.
   */
  verifierFor(caller: Caller, signal: AbortSignal): Promise<ChangeVerifier>;
}

/** `none`: no server has the key. */
export type Keyless = "none" | "failing";

/** Starts with no key. */
export function createAuthorship(deps: AuthorshipDeps): Authorship {
  const { keyring } = deps;
  const keys = createAuthorKeys(deps.masterKeys);
  const state: AuthorshipState = {
    ...deps,
    keys,
    keyless: createExpiringCache({ clock: deps.clock, maxEntries: KEYLESS_ENTRIES }),
  };
  return Object.freeze({
    sign: (author: ChangeAuthor, table: Pick<PushedTable, "app" | "name">, change: RecordChange) =>
      signChange(state, author, table, change),
    keyless: (principal: Principal) => state.keyless.get(principalKey(principal)) ?? null,
    async pseudonymOf(caller: Caller, appKey: string, signal: AbortSignal) {
      const key = await keyOrNull(keyring.key(caller, signal));
      return key === null ? null : await keys.of(key).pseudonymOf(appKey);
    },
    async verifierFor(caller: Caller, signal: AbortSignal) {
      const key = await keyOrNull(keyring.sealingKey(caller, signal));
      const sign = key === null ? null : await keys.of(key).signing();
      return createChangeVerifier(caller.principal.subject, sign);
    },
  });
}

/** Dependencies of {@link createAuthorship}. */
export interface AuthorshipDeps {
  readonly keyring: Pick<Keyring, "held" | "key" | "sealingKey">;
  readonly masterKeys: Pick<MasterKeys, "macKey">;
  readonly clock: Clock;
}

interface AuthorshipState extends AuthorshipDeps {
  readonly keys: AuthorKeys;
  /** Whose key could not be had just now, by `principalKey`. */
  readonly keyless: ExpiringCache<Keyless>;
}

async function signChange(
  state: AuthorshipState,
  author: ChangeAuthor,
  { app, name }: Pick<PushedTable, "app" | "name">,
  change: RecordChange,
): Promise<PushActor> {
  const { actor, caller: { principal } } = author;
  const { callId, isRelaying = false } = actor;
  const mark = isRelaying ? RELAYED_MARK : "";
  // A change without a call could be undone by nobody. Only a program's mistake gets here: reading calls have no id.
  if (!isCallId(callId)) throw new TypeError("Cannot sign a change of a call that only reads");
  const appKey = actor.appKey ?? principal.client?.appKey ?? "";
  const key = await signingKey(state, author);
  if (key === null) return { ...actorOf(actor, appKey !== "", null), iterationId: `${callId}${mark}` };
  const pseudonym = appKey === "" ? null : await key.pseudonymOf(appKey);
  const said = actorOf(actor, appKey !== "", pseudonym);
  const place = { subject: principal.subject, app, table: name };
  const sign = await key.signing();
  const mac = sign(signedText(place, { ...said, callId, isRelaying }, contentOfPush(change)));
  return { ...said, iterationId: `${callId}.${mac}${mark}` };
}

/** The key to sign with; null where none can be had. */
async function signingKey(state: AuthorshipState, author: ChangeAuthor): Promise<AuthorKey | null> {
  const { caller: { principal }, signal } = author;
  // Whoever sealed something has just asked for the key. An older key opens nothing here, so nobody has to be asked for it.
  const held = state.keyring.held(principal);
  if (held !== null) return state.keys.of(held);
  const person = principalKey(principal);
  if (state.keyless.get(person) !== undefined) return null;
  const key = await askForKey(state, author);
  if (typeof key !== "string") return state.keys.of(key);
  if (signal.aborted) throw new Refused({ reason: "cancelled" });
  state.keyless.set(person, key, state.clock.calendar() + KEYLESS_MS);
  return null;
}

/** Waits for the vault, but not as long as for a key that is needed to open or to seal. */
async function askForKey(
  { keyring, clock }: AuthorshipState,
  { caller, signal }: ChangeAuthor,
): Promise<CryptoKey | Keyless> {
  const late = new AbortController();
  const cancel = clock.after(SIGNING_WAIT_MS, () => late.abort());
  try {
    return await keyring.key(caller, AbortSignal.any([signal, late.signal]));
  } catch (error) {
    if (error instanceof Refused) return hasNoKey(error.refusal) ? "none" : "failing";
    throw error;
  } finally {
    cancel();
  }
}

async function keyOrNull(key: Promise<CryptoKey>): Promise<CryptoKey | null> {
  try {
    return await key;
  } catch (error) {
    if (error instanceof Refused && hasNoKey(error.refusal)) return null;
    throw error;
  }
}
