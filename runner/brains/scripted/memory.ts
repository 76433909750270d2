// What a scripted persona knows of its own records on one day: what its lists showed, and what it did since. Nothing is kept overnight:
// tomorrow it reads its lists again, as a person would.
import type { Turn, Wish } from "../../brain/brain.ts";
import type { Row } from "../../behaviours/behaviour.ts";
import { RECORD_KINDS, type RecordKind } from "../../behaviours/record_kinds.ts";
import { signersOf } from "../../behaviours/sign_off.ts";
import { isOfHangingUp } from "../../chaos/hanging_up.ts";
import { canonicalJson } from "../../kit/canonical_json.ts";

/** Creates the memory of a persona. */
export function createMemory(name: string): Memory {
  const known = new Map<string, Map<string, Row>>();
  const gone = new Map<string, string[]>();
  const rowsOf = (module: string) => {
    const rows = known.get(module) ?? new Map<string, Row>();
    known.set(module, rows);
    return rows;
  };
  const state: State = { name, rowsOf, gone };
  let seen = 0;
  return Object.freeze({
    observe(turns: readonly Turn[]) {
      for (const { calls } of turns.slice(seen)) for (const called of calls) learn(state, called);
      seen = turns.length;
    },
    rows(module: string) {
      const sorted = [...rowsOf(module).values()]
        .filter((row) => !isOfHangingUp(row, name))
        .map((row) => ({ row, content: contentOf(row) }));
      return sorted.sort((a, b) => a.content < b.content ? -1 : a.content > b.content ? 1 : 0).map((
        { row },
      ) => row);
    },
    deleted: (module: string) => gone.get(module) ?? [],
  });
}

/** What a persona knows of its records. */
export interface Memory {
  /** Learns from turns; those that it has seen already are passed over. */
  observe(turns: readonly Turn[]): void;
  /** Records of a module that the persona wrote itself, sorted by what they say: never by ids or times. */
  rows(module: string): readonly Row[];
  /** Ids that were deleted today, oldest first. */
  deleted(module: string): readonly string[];
}

interface State {
  readonly name: string;
  readonly rowsOf: (module: string) => Map<string, Row>;
  readonly gone: Map<string, string[]>;
}

/** What was done in a shared space is not remembered: what a persona does must not depend on whose turn came first there. */
function learn(state: State, { wish, outcome }: Turn["calls"][number]): void {
  if (outcome.result !== "ok" || wish.space !== undefined) return;
  const module = /^[^_]+/.exec(wish.tool)?.[0];
  const kind = RECORD_KINDS.find((kind) => kind.module === module);
  if (kind === undefined) return;
  const rows = state.rowsOf(kind.module);
  const answer = isRecord(outcome.structured) ? outcome.structured : {};
  if (wish.tool === kind.list) learnList(state, kind, answer);
  else if (wish.tool === kind.create) {
    const made = kind.created === null ? answer : answer[kind.created];
    if (isRow(made)) rows.set(made.id, { ...wish.args, ...made });
  } else if (wish.tool === kind.remove) {
    const id = String(wish.args.id);
    rows.delete(id);
    state.gone.set(kind.module, [...state.gone.get(kind.module) ?? [], id]);
  } else learnChange(rows, wish);
}

/** A change by id, as far as its arguments say what it did. */
function learnChange(rows: Map<string, Row>, { tool, args }: Wish): void {
  const row = typeof args.id === "string" ? rows.get(args.id) : undefined;
  if (row === undefined) return;
  const { id: _same, archived, ...changes } = args;
  rows.set(row.id, {
    ...row,
    ...changes,
    ...(tool === "todo_complete" ? { isCompleted: true } : {}),
    ...(archived === undefined ? {} : { isArchived: archived }),
  });
}

function learnList(
  { name, rowsOf }: State,
  kind: RecordKind,
  answer: Readonly<Record<string, unknown>>,
): void {
  const listed = answer[kind.rows];
  if (!Array.isArray(listed)) return;
  for (const row of listed) {
    // Articles are saved by the apps, so nobody signs them. Of the rest a persona touches only what it wrote.
    if (isRow(row) && (kind.create === null || signersOf(row).includes(name))) {
      rowsOf(kind.module).set(row.id, row);
    }
  }
}

/** What a row says, without what differs from one run to the next. */
function contentOf(row: Row): string {
  return canonicalJson(Object.fromEntries(
    Object.entries(row).filter(([member]) =>
      !/(^id|Id|At|Date|^date|^day|^time|^order|^number|^start|^end)$/.test(member)
    ),
  ));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isRow(value: unknown): value is Row {
  return isRecord(value) && typeof value.id === "string";
}
