import type { Clock } from "../kit/clock.ts";
import { type Refusal, Refused } from "../kit/errors.ts";
import { type Cipher, createCipher } from "../sealing/cipher.ts";
import { createKeptOpenings } from "./opened_for_caller.ts";
import type { Keyring } from "../sealing/keyring.ts";
import { MAX_FOLDED_BYTES, MAX_OPENED_BYTES } from "../kit/limits.ts";
import { createCursors } from "./page_cursor.ts";
import type { HintStreams } from "../changes/hint_streams.ts";
import { createOrderNumbers } from "../changes/order_numbers.ts";
import { type ChangeCache, createChangeCache } from "../changes/change_cache.ts";
import { createOpenedTexts } from "./opened_cache.ts";
import { createOpener } from "../sealing/value_opener.ts";
import { createReading } from "./read_records.ts";
import { createSearching } from "./search_records.ts";
import { createSelection } from "./select_records.ts";
import type { CallScope } from "../spaces/call_scope.ts";
import type { RecordsByAccess } from "./records.ts";
import { createChangePush } from "../changes/push_changes.ts";
import { createResealing } from "../sealing/resealing.ts";
import type { SyncClient } from "../changes/sync_client.ts";
import { createWriting } from "./write_records.ts";

/**
 * Something worth counting: fields in plaintext where they should be sealed, fields unread, entries that are no change,
 * records that were sealed again under a new key, or of which nobody could find out whether they should be.
 */
export interface RecordObservation {
  readonly kind: "unsealed" | "unreadable" | "malformed" | "resealed" | "unconfirmed";
  /** `app/table`. */
  readonly table: string;
  readonly count: number;
}

/** Dependencies of {@link createRecordStore}. */
export interface RecordStoreDeps {
  readonly sync: SyncClient;
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly newId: () => string;
  /** Refuse to read plaintext from a sealed field of a sealed space. */
  readonly requireSealed: boolean;
  readonly observe?: (observation: RecordObservation) => void;
  /** What allows leaving out a pull; every read pulls without it. */
  readonly hints?: HintStreams;
  /** With the system's random generator by default. */
  readonly cipher?: Cipher;
  /** Memory for folded tables and opened texts over all people; MAX_FOLDED_BYTES by default. */
  readonly maxFoldedBytes?: number;
  /** 32 random bytes that cursors are signed with; made anew at each start by default. */
  readonly cursorKey?: Uint8Array<ArrayBuffer>;
}

/** Records of everyone, opened for one call at a time. */
export interface RecordStore {
  /**
   * What a tool of this access may do in this call: exactly that and nothing more. The object is frozen, has no
   * prototype, and neither caller, key nor address can be reached from it.
   */
  open<A extends keyof RecordsByAccess>(scope: CallScope & { readonly access: A }): RecordsByAccess[A];
  /** The change cache itself, for watchers of tables. It holds records as stored, never an opened value. */
  readonly changes: Pick<ChangeCache, "read" | "watch">;
  /** Looks once more at the keys of what was written just now, before the process ends. Never throws. */
  settle(): Promise<void>;
  /** Does nothing by itself any more. */
  close(): void;
  /** Estimated memory of folded tables and opened texts. */
  bytes(): number;
  /** Estimated memory of opened texts alone, the only plaintext that outlives a call. */
  openedBytes(): number;
}

/** Creates the store. */
export function createRecordStore(deps: RecordStoreDeps): RecordStore {
  const { keyring, requireSealed, sync } = deps;
  const untimed = deps.cipher ?? createCipher();
  const observe = (kind: RecordObservation["kind"], table: string, count: number) =>
    deps.observe?.({ kind, table, count });
  const maxBytes = deps.maxFoldedBytes ?? MAX_FOLDED_BYTES;
  const changes = createChangeCache({
    sync,
    clock: deps.clock,
    ...(deps.hints === undefined ? {} : { hints: deps.hints }),
    observeMalformed: (app, table, count) => observe("malformed", `${app}/${table}`, count),
    maxBytes,
  });
  const cursors = createCursors(deps.cursorKey ?? crypto.getRandomValues(new Uint8Array(32)));
  const opened = createOpenedTexts(() => Math.min(MAX_OPENED_BYTES, maxBytes - changes.bytes()));
  keyring.onDropped(opened.drop);
  const orderNumbers = createOrderNumbers();
  const push = createChangePush({ sync, changes });
  const resealing = createResealing({
    keyring,
    cipher: untimed,
    changes,
    push,
    clock: deps.clock,
    observe,
  });
  const read: ChangeCache["read"] = async (reader, app, table) => {
    const log = await changes.read(reader, app, table);
    opened.trim(); // a table that has grown takes the room
    return log;
  };

  return Object.freeze({
    open<A extends keyof RecordsByAccess>(given: CallScope & { readonly access: A }): RecordsByAccess[A] {
      const { access, ...scope } = given;
      const { caller, space, signal } = scope;
      const { tally } = caller;
      const cipher: Cipher = Object.freeze({
        seal: (key: CryptoKey, value: unknown) => tally.crypto(() => untimed.seal(key, value)),
        open: (key: CryptoKey, sealed: string) => tally.crypto(() => untimed.open(key, sealed)),
      });
      const common = {
        scope,
        changes: { read },
        prepare: () => keyring.prepare(caller),
        selection: createSelection(scope),
        cursors,
        openerFor: () => createOpener({ keyring, cipher, requireSealed, caller, space, signal }),
        kept: createKeptOpenings({ scope, keyring, opened }),
        observe(kind: "unsealed" | "unreadable", table: string, count: number) {
          observe(kind, table, count);
          if (kind === "unreadable") tally.addUnreadable(count);
        },
      };
      const reading = createReading(common);
      const { count, get, getPart, list } = reading;
      const { search } = createSearching(common);
      const readers = { list, search, get, getPart, count };
      const writing = () => {
        const made = createWriting({
          scope,
          reading,
          push,
          orderNumbers,
          keyring,
          cipher,
          resealing,
          clock: deps.clock,
          newId: deps.newId,
        });
        // Here, where no author of a tool can forget it: whatever creates a record comes through this method.
        return scope.noCreation ? { ...made, insert: refuseWith(scope.noCreation) } : made;
      };
      return capability(access, {
        read: () => ({ ...readers }),
        write: () => {
          const { insert, update } = writing();
          return { ...readers, insert, update };
        },
        destructive: () => {
          const { insert, update, delete: remove } = writing();
          return { ...readers, insert, update, delete: remove };
        },
      });
    },
    changes,
    settle: resealing.settle,
    close: resealing.close,
    bytes: () => changes.bytes() + opened.bytes(),
    openedBytes: opened.bytes,
  });
}

/** Records of a call that has no space: every method refuses, so that a tool that needs none still runs. */
export function refusingRecords<A extends keyof RecordsByAccess>(
  refusal: Refusal,
  access: A,
): RecordsByAccess[A] {
  const refuse = refuseWith(refusal);
  const readers = { list: refuse, search: refuse, get: refuse, getPart: refuse, count: refuse };
  return capability(access, {
    read: () => ({ ...readers }),
    write: () => ({ ...readers, insert: refuse, update: refuse }),
    destructive: () => ({ ...readers, insert: refuse, update: refuse, delete: refuse }),
  });
}

function refuseWith(refusal: Refusal): () => Promise<never> {
  return () => Promise.reject(new Refused(refusal));
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
