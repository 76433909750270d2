// Numbers of invoices: each is taken once. The counter lies in the person's settings; where these are not stored, and in shared
// spaces, the highest number of the year counts. An open browser counts by itself: two equal numbers cannot be excluded
// (contract: modules, invoices).
import {
  demandReadable,
  type ReadRecords,
  type RowsTogether,
  type StoredRecordOf,
} from "../../lib/tool/authoring.ts";
import { invoices, invoiceSettings } from "./invoice_tables.ts";

/** Takes the next number. To be called within the write that stores the invoice, before the invoice is added. */
export async function takeNumber(
  records: ReadRecords,
  rows: RowsTogether,
  settings: StoredRecordOf<typeof invoiceSettings> | undefined,
  today: string,
): Promise<string> {
  const { numberPrefix: prefix = `${today.slice(0, 4)}-`, numberPadding: padding = 4 } = settings ?? {};
  const format = (number: number) =>
    `${prefix.slice(0, MAX_PREFIX_CHARS)}${String(number).padStart(Math.min(padding, MAX_DIGITS), "0")}`;
  const used = await usedNumbers(records);
  const free = (from: number) => {
    let number = from;
    while (used.has(format(number))) number += 1;
    return number;
  };
  if (settings === undefined) return format(free(highestOf(used, prefix) + 1));
  const { record } = await rows.update(invoiceSettings, settings.id, (current) => {
    // A counter that cannot be read must not start anew.
    demandReadable(invoiceSettings, current, ["nextNumber"]);
    return { nextNumber: free(counted(current.nextNumber)) + 1 };
  });
  // From the counter as it is stored: a second call that completes this write finds the same number there.
  return format(free(counted(record.nextNumber) - 1));
}

/** The numbers of all invoices, also of deleted ones: no number is given to a second customer. */
async function usedNumbers(records: ReadRecords): Promise<ReadonlySet<string>> {
  const used = new Set<string>();
  const add = ({ number }: { number?: string }) => void used.add(number ?? "");
  await records.lookThrough(invoices, add);
  await records.lookThroughDeleted(invoices, add);
  return used;
}

function highestOf(used: ReadonlySet<string>, prefix: string): number {
  let highest = 0;
  for (const number of used) {
    const rest = number.startsWith(prefix) ? number.slice(prefix.length) : "";
    if (/^\d{1,12}$/.test(rest)) highest = Math.max(highest, Number(rest));
  }
  return highest;
}

/** The stored counter, or the first number where something else is stored. */
function counted(nextNumber: number | undefined): number {
  return nextNumber !== undefined && Number.isSafeInteger(nextNumber) && nextNumber > 0 ? nextNumber : 1;
}

/** The reference that banks read (ISO 11649): `RF`, two check digits, and the number in letters and digits. */
export function referenceOf(number: string): string {
  const plain = number.replace(/[^a-zA-Z0-9]/g, "").toUpperCase().slice(0, MAX_REFERENCE_CHARS);
  // Letters count from 10 on, and the digits are divided by 97, as with an IBAN.
  let rest = 0;
  for (const character of `${plain}RF00`) {
    const value = /\d/.test(character) ? Number(character) : character.charCodeAt(0) - 55;
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return `RF${String(98 - rest).padStart(2, "0")}${plain}`;
}

/** As ISO 11649 has it. */
const MAX_REFERENCE_CHARS = 21;
/** Settings of other writers may say anything. */
const MAX_PREFIX_CHARS = 40;
const MAX_DIGITS = 12;
