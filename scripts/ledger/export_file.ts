// A ledger in a file, as JSON lines: whose it is, then the changes of its table as the sync service gave them, still sealed. So it can be
// verified later, by somebody without a key, and shows as much as whoever reads it has a key for.
import { z } from "zod";
import { type Change, createShare, parseChange } from "../../lib/changes/change.ts";
import { LEDGER_TABLE } from "../../lib/ledger/ledger_row.ts";
import type { FoundName, LedgerName } from "./pin_file.ts";

/** The text of the file. */
export function exportText(whose: LedgerName, changes: readonly Change[]): string {
  const lines: unknown[] = [{ ledger: 1, ...whose }];
  for (const { eventId: _, fields, ...change } of changes) {
    lines.push({
      table: LEDGER_TABLE,
      ...change,
      fields: fields === null
        ? null
        : Object.fromEntries(fields.map(({ name, value, stamp }) => [name, { value, at: stamp }])),
    });
  }
  return lines.map((line) => `${JSON.stringify(line)}\n`).join("");
}

/** Reads the text; null where it is no such file. */
export function parseExport(text: string): LedgerExport | null {
  const [first = "", ...lines] = text.split("\n").filter((line) => line !== "");
  const head = Head.safeParse(parseJson(first));
  if (!head.success) return null;
  const changes: Change[] = [];
  const share = createShare();
  for (const line of lines) {
    const change = parseChange(parseJson(line), LEDGER_TABLE, share);
    if (change === null) return null;
    changes.push(change);
  }
  const { person, sync } = head.data;
  return { whose: { person, sync: sync === NOT_SAID ? null : sync }, changes };
}

/** A ledger out of a file. */
export interface LedgerExport {
  readonly whose: FoundName;
  readonly changes: readonly Change[];
}

/** Where a gateway reads is nobody else's business (lib/ledger/reading/read_lines.ts). */
const NOT_SAID = "as the gateway reads it";
const Head = z.strictObject({ ledger: z.literal(1), person: z.string().min(1), sync: z.string().min(1) });

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
