// Reads the change logs of the tables in which apps write, for the calls of one person in a window. What a change says is for
// call_reader.ts; here is which tables, by which keys, and what could not be read.

import type { Authorship } from "../../authorship/authorship.ts";
import { APP_PRINCIPAL, OWN_PRINCIPAL } from "../../authorship/claim.ts";
import { type LogPortion, readPortions } from "../../changes/read_log.ts";
import type { SyncClient } from "../../changes/sync_client.ts";
import type { Clock } from "../../kit/clock.ts";
import type { Caller } from "../../people/principal.ts";
import type { Spaces } from "../../spaces/spaces.ts";
import { CallReader } from "./call_reader.ts";
import type { ActivityQuestion } from "../history.ts";
import type { PortionGate } from "./portion_gate.ts";
import { readTables } from "./read_tables.ts";
import type { TableNames } from "../table_names.ts";
import { TitleNotes } from "./title_notes.ts";
import { createToldSpaces, type ToldSpaces } from "../told_spaces.ts";
import { readingStart } from "../window.ts";

/** What was read of the logs. */
export interface Reading {
  readonly reader: CallReader;
  readonly titles: TitleNotes;
  readonly spaces: ToldSpaces;
  readonly membershipVersion: string;
  /** The keys of the apps that were asked about, by pseudonym. */
  readonly apps: ReadonlyMap<string, string>;
  /** The tables that could not be read. */
  readonly missing: readonly TableOfApp[];
}

/** A table by its name on the wire. */
export interface TableOfApp {
  readonly app: string;
  readonly name: string;
}

/** What is asked of the logs. */
export interface CallsQuestion extends ActivityQuestion {
  /** The only call that is asked for; null for all. */
  readonly call: string | null;
  /** Records of a call that are kept. */
  readonly keptRows: number;
}

/** What the logs are read with. */
export interface ReadCallsDeps {
  readonly sync: Pick<SyncClient, "pull">;
  readonly spaces: Pick<Spaces, "resolve">;
  readonly authorship: Pick<Authorship, "pseudonymOf" | "verifierFor">;
  readonly words: { readonly names: TableNames };
  readonly clock: Pick<Clock, "after">;
  readonly gate: PortionGate;
}

/** Reads them. Throws what `SyncClient.pull`, `Authorship.verifierFor` and `Spaces.resolve` throw. */
export async function readCalls(
  deps: ReadCallsDeps,
  question: CallsQuestion,
  caller: Caller,
  signal: AbortSignal,
): Promise<Reading> {
  const { sync, authorship, clock, gate, words: { names } } = deps;
  const { since, until, call, keptRows, modules } = question;
  const [resolved, verifier, apps] = await Promise.all([
    deps.spaces.resolve(caller, null),
    authorship.verifierFor(caller, signal),
    pseudonymsOf(authorship, caller, question, signal),
  ]);
  const { subject } = caller.principal;
  const spaces = createToldSpaces(resolved.directory, subject);
  const titles = new TitleNotes(names);
  const reader = new CallReader({
    subject,
    window: { since, until },
    spaces,
    verifier,
    own: apps === null ? null : new Set([...apps.keys()].map(appPrincipal)),
    only: onlyPrincipal(question, apps),
    call,
    titles,
    keptRows,
  });
  const start = readingStart(since);
  const missing = await readTables(clock, tablesOf(names, modules), signal, async ({ app, name }, ended) => {
    const target = { caller, app, table: name, signal: ended };
    const look = (portion: LogPortion): Promise<void> => reader.read(app, name, portion);
    await readPortions(sync, target, start, look, (read) => gate.run(ended, read));
  });
  return {
    reader,
    titles,
    spaces,
    membershipVersion: resolved.membershipVersion,
    apps: apps ?? new Map(),
    missing,
  };
}

/** The modules of tables that could not be read, of those that were asked for. */
export function modulesOf(
  { words: { names } }: Pick<ReadCallsDeps, "words">,
  modules: readonly string[] | null,
  tables: readonly TableOfApp[],
): readonly string[] {
  const missing = new Set<string>();
  for (const { app, name } of tables) {
    const isWrittenBy = (module: string) =>
      names.writtenBy(module).some((one) => one.app === app && one.name === name);
    const asked = modules?.filter(isWrittenBy) ?? [names.of(app, name).module ?? app];
    for (const module of asked) missing.add(module);
  }
  return [...missing].sort();
}

/** The tables in which the modules write, each once. */
function tablesOf(names: TableNames, modules: readonly string[] | null): readonly TableOfApp[] {
  if (modules === null) return names.all;
  const tables = new Map(
    modules.flatMap((module) => names.writtenBy(module)).map((
      table,
    ) => [`${table.app}/${table.name}`, table]),
  );
  return [...tables.values()];
}

/** The apps by the pseudonyms that the person's changes have; null where no server has the person's key. */
export async function pseudonymsOf(
  authorship: Pick<Authorship, "pseudonymOf">,
  caller: Caller,
  { apps, app }: Pick<ActivityQuestion, "apps" | "app">,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string> | null> {
  // No app has the empty key: whether there is an answer for it says whether there is a person's key.
  if (await authorship.pseudonymOf(caller, "", signal) === null) return null;
  const pseudonyms = new Map<string, string>();
  for (const key of new Set(app === null || app === "" ? apps : [...apps, app])) {
    const pseudonym = await authorship.pseudonymOf(caller, key, signal);
    if (pseudonym !== null) pseudonyms.set(pseudonym, key);
  }
  return pseudonyms;
}

/** The principal whose changes are asked for. Where nobody has the key, no change is proved to be of an app. */
function onlyPrincipal({ app }: ActivityQuestion, apps: ReadonlyMap<string, string> | null): string | null {
  if (app === null) return null;
  if (app === "") return OWN_PRINCIPAL;
  for (const [pseudonym, key] of apps ?? []) if (key === app) return appPrincipal(pseudonym);
  return APP_PRINCIPAL;
}

function appPrincipal(pseudonym: string): string {
  return `${APP_PRINCIPAL}:${pseudonym}`;
}
