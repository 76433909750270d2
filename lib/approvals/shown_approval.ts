// An approval as the person's page shows it: what would change, read by the gateway from the records themselves.
import { createTableNames } from "../history/table_names.ts";
import { createRowShower, type RowShower, type ShownRow, type StoredRow } from "../history/shown_row.ts";
import { recordKey } from "../records/together/row_plan.ts";
import type { ChangedRow, RecordChange } from "../changes/push_changes.ts";
import type { Caller } from "../people/principal.ts";
import type { Access } from "../people/scopes.ts";
import type { Cipher } from "../sealing/cipher.ts";
import type { Keyring } from "../sealing/keyring.ts";
import type { Module } from "../tool/define_module.ts";
import type { ToolRegistry } from "../tool/tool_registry.ts";
import { rowsOf } from "./ask.ts";
import type { Standing } from "./standing.ts";
import { madeRecords, type Target } from "./targets.ts";

/** Where an approval stands. `changed`: nothing is left of what it would change. `unknown`: a part is stored, or may be. */
export type ApprovalStatus = "open" | "done" | "declined" | "expired" | "changed" | "unknown";

/** An approval as the page gets it. Times are ISO strings in UTC. */
export interface ShownApproval {
  readonly id: string;
  readonly status: ApprovalStatus;
  /** Empty for the person's own token. */
  readonly grantId: string;
  readonly clientName: string;
  readonly tool: string;
  readonly toolTitle: string;
  readonly module: string;
  readonly moduleLabel: string;
  readonly access: Access;
  readonly space: ShownSpace;
  readonly sentence: string;
  readonly made: string;
  readonly until: string;
  /** At most {@link MAX_SHOWN_ROWS}; none where the space or the key is gone. */
  readonly rows: readonly ShownRow[];
  readonly rowCount: number;
  /** What a decision has to name. */
  readonly diff: string;
  /** Whether a record has changed since the app asked. */
  readonly hasChanged: boolean;
  readonly decidedAt: string | null;
}

/** The space of an approval. */
export interface ShownSpace {
  readonly id: string;
  readonly name: string | null;
  readonly kind: "personal" | "shared";
}

/** Rows of one approval on the page. */
export const MAX_SHOWN_ROWS = 50;

/** Puts approvals into words. */
export interface ApprovalShower {
  /** `targets` are null where the space cannot be read. Throws as `RowShower.show`. */
  show(caller: Caller, seen: SeenApproval, signal: AbortSignal): Promise<ShownApproval>;
}

/** An approval with what is there now. */
export interface SeenApproval {
  readonly standing: Standing;
  readonly status: ApprovalStatus;
  readonly space: ShownSpace;
  readonly targets: readonly Target[] | null;
  /** Whether a record is not as it was when the app asked, whoever has changed it. */
  readonly hasChanged: boolean;
  readonly diff: string;
}

/** Creates it. Keeps nothing of what it opens. */
export function createApprovalShower(deps: ApprovalShowerDeps): ApprovalShower {
  const names = createTableNames(deps.modules);
  const rows = createRowShower({ ...deps, names });
  const isPart = ({ table: { app, name } }: ChangedRow) => names.of(app, name).isPart;
  return Object.freeze({
    async show(
      caller: Caller,
      { standing, status, space, targets, hasChanged, diff }: SeenApproval,
      signal: AbortSignal,
    ) {
      const { id, ask, no, done, yes } = standing;
      const tool = deps.registry.getTool(ask.tool);
      const decided = no ?? done;
      return {
        id,
        status,
        grantId: ask.grantId,
        clientName: ask.clientName,
        tool: ask.tool,
        toolTitle: tool?.title ?? ask.tool,
        module: tool?.module ?? "",
        moduleLabel: deps.modules.find(({ name }) => name === tool?.module)?.label ?? "",
        access: tool?.access ?? "destructive",
        space,
        sentence: ask.sentence,
        made: new Date(ask.made).toISOString(),
        until: new Date(ask.until).toISOString(),
        rows: targets === null
          ? []
          : await showRows(rows, caller, rowsOf(ask), targets, isPart, status === "done", signal),
        rowCount: ask.changes.length,
        diff,
        hasChanged: yes === null && done === null && hasChanged,
        decidedAt: decided === null ? null : new Date(decided).toISOString(),
      };
    },
  });
}

/** Dependencies of {@link createApprovalShower}. */
export interface ApprovalShowerDeps {
  readonly keyring: Pick<Keyring, "key" | "renew">;
  readonly cipher: Cipher;
  readonly modules: readonly Module[];
  readonly registry: Pick<ToolRegistry, "getTool">;
}

/** The record that the person named first, then what hangs on it. */
async function showRows(
  shower: RowShower,
  caller: Caller,
  rows: readonly ChangedRow[],
  targets: readonly Target[],
  isPart: (row: ChangedRow) => boolean,
  isDone: boolean,
  signal: AbortSignal,
): Promise<ShownRow[]> {
  const made = madeRecords(rows);
  const deleted = new Set(rows.filter(({ change }) => change.op === "delete").map(keyOf));
  const paired = rows.map((row, index) => ({ row, target: targets[index], isPart: isPart(row) }))
    // What is made to be deleted at once (a day that is taken out of a series) is shown as deleted.
    .filter(({ row }) => row.change.op !== "insert" || !deleted.has(keyOf(row)));
  const ordered = [...paired.filter(({ isPart }) => !isPart), ...paired.filter(({ isPart }) => isPart)];
  return await shower.show(
    caller,
    ordered.slice(0, MAX_SHOWN_ROWS).map(({ row, target }) =>
      storedRow(row, target, made.get(keyOf(row)), isDone)
    ),
    signal,
  );
}

function keyOf({ table, change }: ChangedRow): string {
  return recordKey(table, change.id);
}

function storedRow(
  { table: { app, name }, change }: ChangedRow,
  target: Target | undefined,
  made: RecordChange | undefined,
  isDone: boolean,
): StoredRow {
  const { id, op, data, fields } = change;
  const before = target?.record?.values() ??
    (made?.data === undefined ? null : new Map(Object.entries(made.data)));
  // What a field held before it was changed is not in the record any more.
  if (isDone) { for (const path of Object.keys(fields ?? {})) before?.delete(path); }
  return {
    app,
    table: name,
    id,
    op,
    before: op === "insert" ? null : before,
    after: new Map(
      op === "insert"
        ? Object.entries(data ?? {})
        : Object.entries(fields ?? {}).map(([path, { value }]) => [path, value]),
    ),
  };
}
