// The tags among which a person chooses what an app may see: their own, with their names, and the words that stand as tags in records.
// The names of tags are the only texts that are opened for it, for this one answer.
import { visibleCharacters } from "../history/visible_characters.ts";
import { TAG_WORDS_PER_TABLE, TAGS_ON_PAGE } from "../kit/limits.ts";
import { type Cipher, looksSealed } from "../sealing/cipher.ts";
import type { Keyring } from "../sealing/keyring.ts";
import { ValueOpener } from "../sealing/value_opener.ts";
import type { PersonCall } from "./person_action.ts";
import { PersonTables, type PersonTablesDeps } from "./person_tables.ts";

/** The table of tags, and the field in which other tables keep tags as words, in plaintext. */
const TAGS = "tags/tags";
const WORDS = "tags";
/** Characters of a name, or of a word. */
const MAX_TAG_CHARS = 60;

/** What tags there are. */
export interface ListedTags {
  /** In the order of the person's list. The name is null where no key here opens it. */
  readonly tags: readonly { readonly id: string; readonly name: string | null }[];
  /** By collection the words in its plaintext field of tags, the most used first. */
  readonly words: Readonly<Record<string, readonly string[]>>;
  /** Collections that could not be read. */
  readonly missing: readonly string[];
}

/** What the tags are read with. */
export interface ListTagsDeps extends PersonTablesDeps {
  readonly keyring: Pick<Keyring, "key" | "renew">;
  readonly cipher: Cipher;
}

/** Lists the person's tags and the words of these collections. Throws what `ChangeCache.read`, `Spaces.resolve` and `Keyring.key` throw. */
export async function listTags(
  deps: ListTagsDeps,
  collections: readonly string[],
  call: PersonCall,
): Promise<ListedTags> {
  const tables = await PersonTables.of(deps, call, null);
  const missing = await tables.read([TAGS, ...collections]);
  const words = Object.fromEntries(
    collections.filter((collection) => !missing.has(collection))
      .map((collection) => [collection, wordsIn(tables, collection)]),
  );
  // Taken before anything is awaited: the folded table changes.
  const stored = storedTags(tables);
  return { tags: await withNames(deps, stored, call), words, missing: [...missing] };
}

/** A tag as it is stored. */
interface StoredTag {
  readonly id: string;
  readonly name: unknown;
  readonly place: number;
}

function storedTags(tables: PersonTables): readonly StoredTag[] {
  const found = new Map<string, StoredTag>();
  for (const space of tables.spaces) {
    for (const record of tables.liveIn(space, TAGS)) {
      const place = record.cell("sortOrder")?.value;
      if (found.has(record.id)) continue;
      found.set(record.id, {
        id: record.id,
        name: record.cell("name")?.value,
        place: typeof place === "number" ? place : Infinity,
      });
    }
  }
  return [...found.values()].sort((one, other) =>
    one.place === other.place ? (one.id < other.id ? -1 : 1) : one.place - other.place
  ).slice(0, TAGS_ON_PAGE);
}

async function withNames(
  { keyring, cipher }: ListTagsDeps,
  stored: readonly StoredTag[],
  { caller, signal }: PersonCall,
): Promise<ListedTags["tags"]> {
  // Not a sealed space: where no server has the person's key, their tags are listed without names.
  const space = { id: "", kind: "unknown", sealed: false, storedAs: new Set<string>() } as const;
  const opener = new ValueOpener({
    keyring,
    cipher,
    requireSealed: false,
    plainTextsOccur: true,
    scope: { caller, space, signal },
  });
  const opened = await opener.open(stored.map(({ name }) => name));
  return stored.map(({ id }, index) => {
    const result = opened[index];
    const name = result?.ok && typeof result.value === "string" ? result.value.trim() : "";
    return { id, name: name === "" ? null : visibleCharacters(name, MAX_TAG_CHARS) };
  });
}

/** The words by how often they are used; a word that a page could not show as it is, is left out. */
function wordsIn(tables: PersonTables, collection: string): readonly string[] {
  const counts = new Map<string, number>();
  for (const space of tables.spaces) {
    for (const record of tables.liveIn(space, collection)) {
      const words = record.cell(WORDS)?.value;
      if (!Array.isArray(words)) continue;
      for (const word of words) {
        if (typeof word === "string" && isShowable(word)) counts.set(word, (counts.get(word) ?? 0) + 1);
      }
    }
  }
  return [...counts].sort(([one, uses], [other, otherUses]) => otherUses - uses || (one < other ? -1 : 1))
    .slice(0, TAG_WORDS_PER_TABLE).map(([word]) => word);
}

function isShowable(word: string): boolean {
  return word.trim() !== "" && !looksSealed(word) && visibleCharacters(word, MAX_TAG_CHARS) === word;
}
