// What apps were handed, as a page shows it, out of the ledger alone. Keeps nothing between two questions.
import type { Authorship } from "../../authorship/authorship.ts";
import { parseGrantDocument, type TableColumns } from "../../grants/grant_document.ts";
import type { LedgerReadingDeps } from "../../ledger/reading/open_rows.ts";
import { type LedgerPiece, readLedgerLines } from "../../ledger/reading/read_lines.ts";
import { type LedgerHead, readLedgerPage } from "../../ledger/reading/read_page.ts";
import type { LedgerEntry } from "../../ledger/ledger_body.ts";
import type { Clock } from "../../kit/clock.ts";
import type { Caller } from "../../people/principal.ts";
import type { Spaces } from "../../spaces/spaces.ts";
import type { Module } from "../../tool/define_module.ts";
import { tableColumns } from "../../tool/tables/table_columns.ts";
import type { ToolRegistry } from "../../tool/tool_registry.ts";
import { pseudonymsOf } from "../reading/read_calls.ts";
import { createTableNames } from "../table_names.ts";
import type { CallWords } from "../told_call.ts";
import { createToldSpaces } from "../told_spaces.ts";
import { tellAllowed, type ToldAllowed } from "./tell_allowed.ts";
import { moduleOfTool, tellSeenCall, type ToldSeenCall } from "./tell_seen_call.ts";

/** What apps were handed. Both throw what `SyncClient.pull`, `Keyring.key` and `Spaces.resolve` throw. */
export interface Handed {
  /** A page of a window, newest first. */
  seen(question: SeenQuestion, caller: Caller, signal: AbortSignal): Promise<SeenPage>;
  /** A piece of the whole ledger; Refused `input-invalid` for a place that no piece has named. */
  lines(after: string | null, caller: Caller, signal: AbortSignal): Promise<LedgerPiece>;
}

/** Which calls. Times are milliseconds since 1970; `until` itself is no part of the window. */
export interface SeenQuestion {
  /** The keys of the apps that the person knows: their calls are told with the key. */
  readonly apps: readonly string[];
  readonly since: number;
  readonly until: number;
  /** One app by its key, "" for the person's own token; null for everything. */
  readonly app: string | null;
  /** Null for all. */
  readonly module: string | null;
}

/** A page of the ledger. */
export interface SeenPage {
  readonly entries: readonly ToldSeenCall[];
  /** Whether the window has older calls. */
  readonly hasMore: boolean;
  /** Where the next page ends; null without calls. */
  readonly oldest: string | null;
  /** What was allowed, by hash. */
  readonly documents: Readonly<Record<string, ToldAllowed>>;
  /** Calls of the window that could not be noted. */
  readonly gaps: number;
  /** Rows of the window that do not open, or are no rows. */
  readonly unreadable: number;
  /** Places in which a chain does not hold. */
  readonly broken: number;
  /** The newest row; null where there is none, or where the window is an older one. */
  readonly head: LedgerHead | null;
  /** `off`: nothing is noted now, but of people who want it. `no-key`: no server has the person's key. */
  readonly state: "kept" | "off" | "no-key";
}

/** Keeps nothing between two questions. */
export function createHanded(deps: HandedDeps): Handed {
  const labels = new Map(deps.modules.map(({ name, label }) => [name, label]));
  const words: CallWords = {
    names: createTableNames(deps.modules),
    toolOf: deps.registry.getTool,
    labelOf: (module) => labels.get(module),
  };
  return Object.freeze({
    seen: (question: SeenQuestion, caller: Caller, signal: AbortSignal) =>
      tellSeen(deps, words, question, caller, signal),
    lines: (after: string | null, caller: Caller, signal: AbortSignal) =>
      readLedgerLines(deps, after, caller, signal),
  });
}

/** Dependencies of {@link createHanded}. */
export interface HandedDeps extends LedgerReadingDeps {
  readonly spaces: Pick<Spaces, "resolve">;
  readonly authorship: Pick<Authorship, "pseudonymOf">;
  readonly modules: readonly Module[];
  readonly registry: Pick<ToolRegistry, "getTool">;
  readonly clock: Pick<Clock, "after">;
  /** Whether calls are noted of people who said nothing about it. */
  readonly isKept: boolean;
}

async function tellSeen(
  deps: HandedDeps,
  words: CallWords,
  question: SeenQuestion,
  caller: Caller,
  signal: AbortSignal,
): Promise<SeenPage> {
  const apps = await pseudonymsOf(deps.authorship, caller, question, signal);
  // Without the key of the person nothing was noted, and nothing of what an earlier key noted opens.
  if (apps === null) return NO_KEY;
  const { since, until } = question;
  const [resolved, page] = await Promise.all([
    deps.spaces.resolve(caller, null),
    readLedgerPage(deps, { since, until, wants: filterOf(words, question, apps) }, caller, signal),
  ]);
  const spaces = createToldSpaces(resolved.directory, caller.principal.subject);
  // Made where a document is shown at all: most grants have none.
  let columns: TableColumns | undefined;
  const parse = (text: string) => parseGrantDocument(text, columns ??= tableColumns());
  const entries = page.calls.flatMap((call) => tellSeenCall(words, call, { apps, spaces }) ?? []);
  const { hasMore, gaps, unreadable, broken, head } = page;
  return {
    entries,
    hasMore,
    oldest: entries.at(-1)?.at ?? null,
    documents: Object.fromEntries(
      [...page.allowed].map((
        [hash, allowed],
      ) => [hash, tellAllowed({ names: words.names, spaces, parse }, allowed)]),
    ),
    gaps,
    unreadable,
    broken,
    head,
    state: deps.isKept ? "kept" : "off",
  };
}

const NO_KEY: SeenPage = Object.freeze({
  entries: [],
  hasMore: false,
  oldest: null,
  documents: {},
  gaps: 0,
  unreadable: 0,
  broken: 0,
  head: null,
  state: "no-key",
});

/** Whether a call is asked for. An app is known by the pseudonym that the person's key makes of its key. */
function filterOf(
  words: CallWords,
  { app, module }: SeenQuestion,
  apps: ReadonlyMap<string, string>,
): (entry: LedgerEntry) => boolean {
  const pseudonym = app === null || app === "" ? app : [...apps].find(([, key]) => key === app)?.[0];
  return (entry) =>
    (pseudonym === null ||
      (pseudonym === "" ? entry.grant === "" && entry.app === "" : entry.app === pseudonym)) &&
    (module === null || moduleOfTool(words, entry.tool) === module);
}
