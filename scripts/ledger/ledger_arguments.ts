// What `deno task ledger` is asked for: which ledger, against which pins, and whose token. A token and a password are not among the
// arguments: others could read them in the list of processes.
import { parseArgs } from "node:util";
import { resolve } from "node:path";
import { z } from "zod";
import { addressOf, hostAndPort } from "../../process/address.ts";
import { isPlainUrl } from "../../lib/settings/setting_reader.ts";
import { Account } from "../token/account.ts";
import { readMoment } from "../undo/read_moment.ts";

/** How the task is called. */
export const USAGE = `deno task ledger verify            your ledger and your data, at the services
deno task ledger verify FILE       an export; chains alone, since no key is at hand
  --pin FILE           the last rows seen: nothing up to them may be missing; written anew when nothing
                       is broken
  --since TIME         does not hold older changes against the ledger: 14:00 (today), 2h (ago),
                       2026-05-20T14:00, 2026-05-20T14:00Z
  --export FILE        writes the ledger into a file, sealed as it is stored
  --auth URL [EMAIL]   your account at an auth service, with --sync; else MANA_TOKEN with --sync and
                       --vault, else the first person of a running deno task start
  --sync URL           the sync service
  --vault URL          the key vault; that of --auth by default
It ends with 0 when everything was checked and nothing is missing or changed, with 1 when something
is, with 2 when not everything could be checked, with 64 for arguments that make no sense.`;

/** Reads the arguments of the task. */
export function ledgerArguments(args: readonly string[], place: CalledAt): LedgerArguments {
  let given: ReturnType<typeof parse>;
  try {
    given = parse(args);
  } catch (error) {
    // Of the words of a strict reader the first line names the argument.
    return no(error instanceof TypeError ? error.message.split("\n")[0] ?? "" : "Unknown arguments.");
  }
  const { values, positionals: [verb, ...words] } = given;
  if (verb !== "verify") return no("Say what to do with the ledger: deno task ledger verify.");
  const files = readFiles({ pin: values.pin, export: values.export }, place.folder);
  if (!files.ok) return files;
  if (areMixed(files.files.pin, files.files.export)) {
    return no("--pin and --export take two different files.");
  }
  const since = values.since === undefined ? null : readMoment(values.since, place);
  if (since !== null && !since.ok) return no(`--since: ${since.problem}`);
  const { pin = null, export: exported = null } = files.files;
  const [word = null, ...more] = words;
  if (more.length > 0) return no("Unknown arguments.");
  if (word !== null && values.auth === undefined) {
    const online = ["since", "export", "sync", "vault"] as const;
    const unfit = online.find((name) => values[name] !== undefined);
    if (unfit !== undefined) return no(`--${unfit} goes with your ledger at the services, not with a file.`);
    const file = readFiles({ FILE: word }, place.folder);
    if (!file.ok) return file;
    if (areMixed(files.files.pin, file.files.FILE)) {
      return no("--pin takes a file of its own, not the export.");
    }
    return { ok: true, task: { kind: "file", file: file.files.FILE ?? "", pin } };
  }
  const way = readWay(values, word, place);
  if (!way.ok) return way;
  const { sync, vault, account } = way;
  return {
    ok: true,
    task: { kind: "services", pin, export: exported, since: since?.at ?? 0, sync, vault, account },
  };
}

/** What was asked for, as one process tells it to another. No secret is in it. Paths are absolute. */
export const LedgerTask = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("file"), file: z.string(), pin: z.string().nullable() }),
  z.object({
    kind: z.literal("services"),
    pin: z.string().nullable(),
    export: z.string().nullable(),
    /** Milliseconds since 1970; 0 for everything. */
    since: z.number(),
    /** Without a trailing slash, both. */
    sync: z.string(),
    vault: z.string(),
    account: Account,
  }),
]);
/** What was asked for. */
export type LedgerTask = Readonly<z.infer<typeof LedgerTask>>;

/** Where, when and how the task was called. */
export interface CalledAt {
  /** From which relative paths are taken. */
  readonly folder: string;
  /** The time zone of the computer. */
  readonly zone: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Whether `MANA_TOKEN` is set. */
  readonly hasToken: boolean;
  /** Ports of a running start. */
  readonly authPort: string;
  readonly syncPort: string;
}

/** What was asked for, or what is wrong with it. */
export type LedgerArguments = { readonly ok: true; readonly task: LedgerTask } | Problem;

/** The hosts that the task may then reach, as `--allow-net` takes them; none for a file. */
export function hostsOf(task: LedgerTask): readonly string[] {
  if (task.kind === "file") return [];
  const { sync, vault, account } = task;
  const urls = [sync, vault, ...(account.kind === "token" ? [] : [account.authUrl])];
  return [...new Set(urls.map(hostAndPort))];
}

/** The files that the task may then read and write. A file is written beside its place first, and then put there at once. */
export function filesOf(
  task: LedgerTask,
): { readonly read: readonly string[]; readonly write: readonly string[] } {
  const written = [task.pin, task.kind === "services" ? task.export : null]
    .flatMap((path) => path === null ? [] : [path, besideOf(path)]);
  return { read: task.kind === "file" ? [task.file, ...written] : written, write: written };
}

/** Whether one file would be written over by the other, or by what is written beside it. */
function areMixed(one: string | undefined, other: string | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  return one === other || one === besideOf(other) || besideOf(one) === other;
}

/** Where a file is written before it is put in its place. */
export function besideOf(path: string): string {
  return `${path}.new`;
}

interface Problem {
  readonly ok: false;
  readonly problem: string;
}

function parse(args: readonly string[]) {
  const text = { type: "string" } as const;
  return parseArgs({
    args: [...args],
    options: { pin: text, since: text, export: text, auth: text, sync: text, vault: text },
    allowPositionals: true,
  });
}

function readFiles<Name extends string>(
  given: Readonly<Record<Name, string | undefined>>,
  folder: string,
): { readonly ok: true; readonly files: Partial<Record<Name, string>> } | Problem {
  const files: Partial<Record<Name, string>> = {};
  for (const name in given) {
    const path = given[name];
    if (path === undefined) continue;
    const option = name === "FILE" ? name : `--${name}`;
    if (path.trim() === "") return no(`${option} takes the name of a file.`);
    files[name] = resolve(folder, path);
    // In a list of rights a comma parts two paths.
    if (files[name]?.includes(",")) return no(`${option}: a path with a comma cannot be used.`);
  }
  return { ok: true, files };
}

/** The services and the account. A token goes nowhere but to the services that it is meant for. */
function readWay(
  given: Readonly<Partial<Record<"auth" | "sync" | "vault", string>>>,
  email: string | null,
  { hasToken, authPort, syncPort }: CalledAt,
): { readonly ok: true; readonly sync: string; readonly vault: string; readonly account: Account } | Problem {
  for (const name of ["auth", "sync", "vault"] as const) {
    const url = given[name];
    if (url !== undefined && !isPlainUrl(url)) {
      return no(`--${name} takes an http or https URL without user, query and fragment.`);
    }
  }
  const [auth, sync, vault = auth] = [given.auth, given.sync, given.vault].map((url) =>
    url?.replace(/\/$/, "")
  );
  if (email !== null && !email.includes("@")) {
    return no("What follows the URL of --auth is an e-mail address.");
  }
  if (auth !== undefined) {
    if (sync === undefined || vault === undefined) return no("--auth goes with --sync, the sync service.");
    return { ok: true, sync, vault, account: { kind: "auth", authUrl: auth, email } };
  }
  if (hasToken && (sync !== undefined || vault !== undefined)) {
    if (sync === undefined || vault === undefined) return no("MANA_TOKEN goes with --sync and --vault.");
    return { ok: true, sync, vault, account: { kind: "token" } };
  }
  if (sync !== undefined || vault !== undefined) {
    return no("--sync and --vault go with --auth URL, or with a token of yours in MANA_TOKEN.");
  }
  const authUrl = `http://${addressOf("127.0.0.1", authPort)}`;
  return {
    ok: true,
    sync: `http://${addressOf("127.0.0.1", syncPort)}`,
    vault: authUrl,
    account: hasToken ? { kind: "token" } : { kind: "first", authUrl },
  };
}

function no(problem: string): Problem {
  return { ok: false, problem };
}
