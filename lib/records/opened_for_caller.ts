import { principalKey } from "../people/principal.ts";
import { isSealed } from "../sealing/cipher.ts";
import type { Draft } from "./row.ts";
import type { FieldValue } from "../sealing/value_opener.ts";
import type { Keyring } from "../sealing/keyring.ts";
import type { OpenedText, OpenedTexts } from "./opened_cache.ts";
import type { CallScope } from "../spaces/call_scope.ts";

/** Dependencies of {@link createKeptOpenings}. */
export interface KeptOpeningDeps {
  readonly scope: CallScope;
  readonly keyring: Pick<Keyring, "key" | "holds">;
  readonly opened: OpenedTexts;
}

/** What the caller's key has opened of one table in one space. */
export interface KeptOpening {
  /** What the sealed fields of a draft were opened to, as long as they are the same. */
  get(draft: Draft): OpenedText | undefined;
  /**
   * Keeps it, where there is room and the key is still held. Not where a field was no ciphertext or did not open: that is
   * looked at, and counted, each time anew.
   */
  keep(draft: Draft, text: OpenedText): void;
  /** Drops the records that are no more. */
  retain(isLive: (id: string) => boolean): void;
}

/** Finds what is kept for the caller of one call. */
export interface KeptOpenings {
  /**
   * Null where none of the drafts has anything to open, or the space is not sealed. Throws what `Keyring.key` throws, also
   * when all was opened before: without the key nothing that it opened may be used.
   */
  of(
    table: { readonly app: string; readonly name: string },
    drafts: readonly Draft[],
  ): Promise<KeptOpening | null>;
}

/** Creates it. */
export function createKeptOpenings({ scope, keyring, opened }: KeptOpeningDeps): KeptOpenings {
  const { caller, space, signal } = scope;
  return Object.freeze({
    async of(table: { readonly app: string; readonly name: string }, drafts: readonly Draft[]) {
      if (!space.sealed || !drafts.some(({ sealed }) => sealed.some(isSealed))) return null;
      const key = await keyring.key(caller, signal);
      const person = principalKey(caller.principal);
      const group = opened.group({ person, space: space.id, table: `${table.app}/${table.name}` }, key);
      return {
        get: (draft: Draft) => group.get(draft.id, draft.sealed),
        keep(draft: Draft, text: OpenedText) {
          // The key may have been replaced while it was used: what it opened is used once, and not kept.
          if (isKeepable(draft, text.values) && keyring.holds(caller.principal, key)) {
            group.put(draft.id, draft.sealed, text);
          }
        },
        retain: group.retain,
      };
    },
  });
}

/** Whether all of it was sealed and could be opened. */
function isKeepable({ sealed }: Draft, values: readonly FieldValue[]): boolean {
  return sealed.every((value, index) =>
    values[index]?.ok === true && (isSealed(value) || value === undefined || value === null)
  );
}
