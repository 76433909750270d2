// The program that `deno task ledger` starts: gets the person's token, reads the ledger or a file, says what it found, keeps the pins,
// and ends with a code that tells how it went, and that nothing but this program ends with (exit_codes.ts).
import { createClock } from "../../lib/kit/clock.ts";
import { describeRefusal, Refused } from "../../lib/kit/errors.ts";
import { MODULES } from "../../tools/modules.ts";
import { createTableNames } from "../../lib/history/table_names.ts";
import { print } from "../print.ts";
import { tokenOf } from "../token/account.ts";
import { NoToken } from "../token/obtain_token.ts";
import { createTerminal, say } from "../token/terminal.ts";
import { BAD_USAGE, BROKEN, codeToSay, INCOMPLETE } from "./exit_codes.ts";
import { exportText, parseExport } from "./export_file.ts";
import { LedgerTask } from "./ledger_arguments.ts";
import { type FoundName, isPinOf, parsePins, type Pins, pinText } from "./pin_file.ts";
import { BadFile, readFileOrNull, writePrivately } from "./private_file.ts";
import { connectLedger, NotToBeRead } from "./pull_ledger.ts";
import { reportLines } from "./report.ts";
import { exitCodeOf, type VerifiedLedger, verifyLedger } from "./verify_ledger.ts";
import { verifyOnline } from "./verify_online.ts";

const task = LedgerTask.parse(JSON.parse(Deno.args[0] ?? ""));
Deno.exit(codeToSay(await run(task)));

async function run(task: LedgerTask): Promise<number> {
  try {
    return task.kind === "file" ? await verifyFile(task) : await verifyServices(task);
  } catch (error) {
    if (error instanceof BadFile) {
      say(error.message);
      return BAD_USAGE;
    }
    say(`Nothing was verified. ${wordsOf(error)}`);
    return INCOMPLETE;
  }
}

async function verifyFile({ file, pin }: Extract<LedgerTask, { kind: "file" }>): Promise<number> {
  const text = await readFileOrNull(file);
  if (text === null) throw new BadFile("There is no such file.");
  const ledger = parseExport(text);
  if (ledger === null) {
    throw new BadFile(
      "The file is no export of a ledger: the page of what apps were handed and deno task ledger verify --export FILE make them.",
    );
  }
  const { whose, changes } = ledger;
  const pins = await readPins(pin, whose);
  const verified = await verifyLedger({ changes, subject: whose.person, key: null, pins });
  return await tell(verified, {
    compared: null,
    pin,
    whose: { ...whose, sync: whose.sync ?? pins?.sync ?? null },
  });
}

async function verifyServices(task: Extract<LedgerTask, { kind: "services" }>): Promise<number> {
  const token = await tokenOf(task.account, createTerminal());
  const clock = createClock({ calendar: Date.now, elapsed: () => performance.now() });
  const { sync, vault, since, pin } = task;
  const source = connectLedger({ fetch, clock, random: Math.random, token, syncUrl: sync, vaultUrl: vault });
  const whose = { person: source.subject, sync };
  const pins = await readPins(pin, whose);
  const { all: tables } = createTableNames(MODULES);
  const verified = await verifyOnline(source, { tables, since, pins });
  if (task.export !== null) await writePrivately(task.export, exportText(whose, verified.changes));
  return await tell(verified, { compared: verified.compared, pin, whose });
}

/** Says what was found. Pins are moved on only where nothing is broken: what was lost stays pinned. */
async function tell(
  verified: VerifiedLedger,
  { compared, pin, whose }: {
    readonly compared: number | null;
    readonly pin: string | null;
    readonly whose: FoundName;
  },
): Promise<number> {
  for (const line of reportLines(verified, compared)) print(line);
  const code = exitCodeOf(verified.findings);
  const { person, sync } = whose;
  if (pin === null || code === BROKEN) return code;
  if (sync === null) say("The pin file was not begun: the file does not say from which sync service it is.");
  else await writePrivately(pin, pinText({ person, sync }, verified.chains));
  return code;
}

async function readPins(path: string | null, whose: FoundName): Promise<Pins | null> {
  const text = path === null ? null : await readFileOrNull(path);
  if (text === null) return null;
  const pins = parsePins(text);
  if (pins === null) throw new BadFile("The file of --pin is no pin file. It was left as it is.");
  if (!isPinOf(pins, whose)) {
    throw new BadFile("The pin file is of another person or of another sync service. It was left as it is.");
  }
  return pins;
}

/** What keeps the ledger from being read. An uncaught error would end the process with 1, which means that something is broken. */
function wordsOf(error: unknown): string {
  if (error instanceof NoToken || error instanceof NotToBeRead) return error.message;
  if (error instanceof Refused) return describeRefusal(error.refusal).message;
  return `The program failed: ${error instanceof Error ? error.name : "unknown"}.`;
}
