// Writes bodies of the ledger's rows: canonical JSON, and never more than MAX_BODY_CHARS in a row, since a table of long rows side by
// side could not be pulled any more (own_records/pieces.ts). What does not fit goes into further rows. Pure.
import { canonicalJson } from "../kit/canonical_json.ts";
import { type Allowed, allowedParts } from "./allowed.ts";
import type { GrantWindow, LedgerEntry, LookedPart, ReadPart, WrotePart } from "./ledger_body.ts";
import { type NotedRead, PackedReads, readPart, type ToldPart, ToldParts } from "./packed_reads.ts";

/** Characters of a body before it is sealed. */
export const MAX_BODY_CHARS = 15_000;

/** What is noted together, with ids not yet packed. */
export interface LedgerBatch {
  readonly at: number;
  readonly entries: readonly NotedCall[];
  readonly seen: ReadonlyMap<string, readonly [seq: number, hash: string]>;
  /** By hash: what this chain has not told yet. */
  readonly grants: ReadonlyMap<string, Allowed>;
  /** By grant. All of it stands in the last row, so that the newest row of a chain tells everything. */
  readonly window: ReadonlyMap<string, GrantWindow>;
  readonly gap: number;
  readonly isEnd: boolean;
}

/** An entry whose ids are not yet packed. */
export type NotedCall = Omit<LedgerEntry, "read" | "wrote" | "looked"> & {
  readonly read: readonly NotedRead[];
  readonly looked: readonly LookedPart[];
  readonly wrote: readonly WrotePart[];
};

/** The texts of one body or more, in the order of their rows. */
export function cutBodies(batch: LedgerBatch): string[] {
  const bodies: Draft[] = [new Draft(batch.at)];
  let last = bodies[0] ?? new Draft(batch.at);
  const put = (section: Section, text: string): void => {
    if (!last.fits(text)) bodies.push(last = new Draft(batch.at));
    last.put(section, text);
  };
  for (const [chain, head] of batch.seen) put("seen", member(chain, head));
  for (const [hash, allowed] of batch.grants) {
    for (const [index, part] of allowedParts(allowed).entries()) {
      // Two parts have one name: each gets a row of its own.
      if (index > 0) bodies.push(last = new Draft(batch.at));
      put("grants", member(hash, part));
    }
  }
  const packed = new PackedReads();
  for (const call of batch.entries) {
    const parts = call.read.map((read) => packed.of(read));
    let told: readonly ToldPart[] = last.told.tell(parts);
    let text = entryText(call, told, call.looked, call.wrote);
    if (!last.fits(text)) {
      // What the row before has told, the next one has to tell again.
      bodies.push(last = new Draft(batch.at));
      told = parts;
      text = entryText(call, told, call.looked, call.wrote);
    }
    if (text.length <= MAX_ENTRY_CHARS) last.putEntry(text, told);
    else {
      for (const part of splitCall(call)) {
        if (!last.fits(part.text)) bodies.push(last = new Draft(batch.at));
        last.putEntry(part.text, part.read);
      }
    }
  }
  const window = canonicalJson(Object.fromEntries(batch.window)).slice(1, -1);
  if (window !== "") put("window", window);
  return bodies.map((draft, index) =>
    draft.text(index === 0 ? batch.gap : 0, batch.isEnd && index === bodies.length - 1)
  );
}

type Section = "entries" | "grants" | "seen" | "window";

/** A body while it is filled. */
class Draft {
  readonly #at: number;
  readonly #texts: Record<Section, string[]> = { entries: [], grants: [], seen: [], window: [] };
  readonly told = new ToldParts();
  #chars = FRAME_CHARS;

  constructor(at: number) {
    this.#at = at;
  }

  fits(text: string): boolean {
    // What fits nowhere goes into a row of its own: too long a row is better than a call that is not noted.
    return this.#chars === FRAME_CHARS || this.#chars + text.length + 1 <= MAX_BODY_CHARS;
  }

  put(section: Section, text: string): void {
    this.#texts[section].push(text);
    this.#chars += text.length + 1;
  }

  /** An entry that tells these parts. */
  putEntry(text: string, told: readonly ToldPart[]): void {
    this.put("entries", text);
    this.told.add(told);
  }

  /** Canonical: the names in their order. */
  text(gap: number, isEnd: boolean): string {
    const { entries, grants, seen, window } = this.#texts;
    return `{"at":${this.#at},${isEnd ? '"end":true,' : ""}"entries":[${entries.join()}],` +
      `${gap > 0 ? `"gap":${gap},` : ""}"grants":{${grants.sort().join()}},"seen":{${seen.sort().join()}},` +
      `"window":{${window.join()}}}`;
  }
}

/** Room for the names, the time, the gap and the end. */
const FRAME_CHARS = 130;

function member(name: string, value: unknown): string {
  return `${canonicalJson(name)}:${canonicalJson(value)}`;
}

/** The entries of a call that does not fit into a row, each of which names the call; and the parts that each of them tells. */
function splitCall(call: NotedCall): { readonly text: string; readonly read: readonly ReadPart[] }[] {
  const texts: { readonly text: string; readonly read: readonly ReadPart[] }[] = [];
  let some: { read: ReadPart[]; wrote: WrotePart[]; chars: number } = { read: [], wrote: [], chars: 0 };
  const close = () => {
    const { read, wrote } = some;
    texts.push({ text: entryText(call, read, texts.length === 0 ? call.looked : [], wrote), read });
    some = { read: [], wrote: [], chars: 0 };
  };
  const roomFor = (part: unknown): typeof some => {
    const more = canonicalJson(part).length + 1;
    if (some.chars > 0 && some.chars + more > MAX_PARTS_CHARS) close();
    some.chars += more;
    return some;
  };
  for (const part of call.read.flatMap(readParts)) roomFor(part).read.push(part);
  for (const part of call.wrote) roomFor(part).wrote.push(part);
  close();
  return texts;
}

/** Characters of an entry that goes into a row whole. */
const MAX_ENTRY_CHARS = 12_500;
/** Characters of what an entry of a split call lists; the rest of a row is for what else an entry says. */
const MAX_PARTS_CHARS = 12_000;

/** Canonical: the members stand in the order of their names, so that nobody has to sort them for each call. */
function entryText(
  { allowed, app, args, at, call, grant, outcome, tool }: NotedCall,
  read: readonly ToldPart[],
  looked: readonly LookedPart[],
  wrote: readonly WrotePart[],
): string {
  return JSON.stringify({
    allowed,
    app,
    args,
    at,
    call,
    grant,
    ...(looked.length === 0 ? {} : { looked: looked.map(({ c, count }) => ({ c, count })) }),
    outcome,
    read,
    tool,
    wrote,
  });
}

/** The same records in lists that each fit into a row. */
function readParts({ c, s, f, ids }: NotedRead): ReadPart[] {
  const part = readPart({ c, s, f, ids });
  if (ids.length < 2 || canonicalJson(part).length <= MAX_PARTS_CHARS) return [part];
  const half = Math.ceil(ids.length / 2);
  return [ids.slice(0, half), ids.slice(half)].flatMap((some) => readParts({ c, s, f, ids: some }));
}
