import { type Refusal, Refused } from "../errors.ts";
import { type Cipher, createCipher } from "./cipher.ts";
import type { Keyring } from "./keyring.ts";
import type { HintStreams } from "./hint_streams.ts";
import { createLogCache, type LogCache } from "./log_cache.ts";
import { createOpener } from "./opener.ts";
import { createReading } from "./reading.ts";
import type { RecordScope } from "./record_scope.ts";
import type { RecordsByAccess } from "./records.ts";
import type { SyncClient } from "./sync_client.ts";
import { createWriting } from "./writing.ts";

/** Something worth counting: fields in plaintext where they should be sealed, fields unread, entries that are no change. */
export interface RecordObservation {
  readonly kind: "unsealed" | "unreadable" | "malformed";
  /** `app/table`. */
  readonly table: string;
  readonly count: number;
}

/** Dependencies of {@link createRecordStore}. */
export interface RecordStoreDeps {
  readonly sync: SyncClient;
  readonly keyring: Keyring;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly newId: () => string;
  /** Refuse to read plaintext from a sealed field of a sealed space. */
  readonly requireSealed: boolean;
  readonly observe?: (observation: RecordObservation) => void;
  /** What allows leaving out a pull; every read pulls without it. */
  readonly hints?: HintStreams;
  /** With the system's random generator by default. */
  readonly cipher?: Cipher;
  /** Memory for folded tables over all people; MAX_FOLDED_BYTES by default. */
  readonly maxFoldedBytes?: number;
}

/** Records of everyone, opened for one call at a time. */
export interface RecordStore {
  /**
   * What a tool of this access may do in this call: exactly that and nothing more. The object is frozen, has no
   * prototype, and neither caller, key nor address can be reached from it.
   */
  open<A extends keyof RecordsByAccess>(scope: RecordScope & { readonly access: A }): RecordsByAccess[A];
  /** The logs themselves, for those who watch them: they hold what is stored, never an opened value. */
  readonly logs: Pick<LogCache, "read" | "watch">;
  /** Estimated memory of folded tables. */
  bytes(): number;
}

/** Creates the store. */
export function createRecordStore(deps: RecordStoreDeps): RecordStore {
  const { keyring, requireSealed, sync } = deps;
  const untimed = deps.cipher ?? createCipher();
  const observe = (kind: RecordObservation["kind"], table: string, count: number) =>
    deps.observe?.({ kind, table, count });
  const logs = createLogCache({
    sync,
    now: deps.now,
    ...(deps.hints === undefined ? {} : { hints: deps.hints }),
    observeMalformed: (app, table, count) => observe("malformed", `${app}/${table}`, count),
    ...(deps.maxFoldedBytes === undefined ? {} : { maxBytes: deps.maxFoldedBytes }),
  });

  return Object.freeze({
    open<A extends keyof RecordsByAccess>(given: RecordScope & { readonly access: A }): RecordsByAccess[A] {
      const { access, ...scope } = given;
      const { caller, space, signal } = scope;
      const { trail } = caller;
      const cipher: Cipher = Object.freeze({
        seal: (key: CryptoKey, value: unknown) => trail.crypto(() => untimed.seal(key, value)),
        open: (key: CryptoKey, sealed: string) => trail.crypto(() => untimed.open(key, sealed)),
      });
      const reading = createReading({
        scope,
        logs,
        openerFor: () => createOpener({ keyring, cipher, requireSealed, caller, space, signal }),
        observe(kind, table, count) {
          observe(kind, table, count);
          if (kind === "unreadable") trail.addUnreadable(count);
        },
      });
      const { list, get, count } = reading;
      const writing = () =>
        createWriting({ scope, reading, logs, sync, keyring, cipher, now: deps.now, newId: deps.newId });
      return capability(access, {
        read: () => ({ list, get, count }),
        write: () => {
          const { insert, update } = writing();
          return { list, get, count, insert, update };
        },
        destructive: () => {
          const { insert, update, delete: remove } = writing();
          return { list, get, count, insert, update, delete: remove };
        },
      });
    },
    logs,
    bytes: logs.bytes,
  });
}

/** Records of a call that has no space: every method refuses, so that a tool that needs none still runs. */
export function refusingRecords<A extends keyof RecordsByAccess>(
  refusal: Refusal,
  access: A,
): RecordsByAccess[A] {
  const refuse = (): Promise<never> => Promise.reject(new Refused(refusal));
  return capability(access, {
    read: () => ({ list: refuse, get: refuse, count: refuse }),
    write: () => ({ list: refuse, get: refuse, count: refuse, insert: refuse, update: refuse }),
    destructive: () => ({
      list: refuse,
      get: refuse,
      count: refuse,
      insert: refuse,
      update: refuse,
      delete: refuse,
    }),
  });
}

function capability<A extends keyof RecordsByAccess>(
  access: A,
  makers: { readonly [K in keyof RecordsByAccess]: () => RecordsByAccess[K] },
): RecordsByAccess[A] {
  const members = makers[access]();
  for (const member of Object.values(members)) Object.freeze(member);
  Object.setPrototypeOf(members, null);
  Object.freeze(members);
  return members;
}
