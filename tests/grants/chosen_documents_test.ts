/**
 * The documents that the sign-in server makes of a person's choice, under the real gateway: every tool of the product works, and shows no
 * field that the choice keeps back, whichever module the tool is of.
 */
import assert from "node:assert/strict";
import { GRANTABLE } from "../../sign_in/oauth/grants/grantable_modules.ts";
import type { ModuleChoice } from "../../sign_in/oauth/grants/narrowing.ts";
import { type RecordsDocument, recordsDocument } from "../../sign_in/oauth/grants/records_document.ts";
import { createScopeList } from "../../sign_in/oauth/grants/scopes.ts";
import { narrowApps } from "../_support/narrowed.ts";
import { callApp, createNarrowedWorld, fillTables, marksIn, ownFields } from "./_narrowed_world.ts";
import { CALLS, UNASKED } from "./_tool_calls.ts";

const { permissions } = createScopeList(GRANTABLE.modules);

/** The document of an app that may do everything, each module narrowed by one choice. */
function documentOf(choose: (names: readonly string[], module: string) => ModuleChoice | undefined) {
  const modules: Record<string, ModuleChoice> = {};
  for (const { name, narrowing } of GRANTABLE.modules) {
    const choice = narrowing && choose(narrowing.fieldChoices.map((one) => one.name), name);
    if (choice !== undefined) modules[name] = choice;
  }
  const document = recordsDocument(GRANTABLE.modules, {
    permissions,
    narrowing: { v: 1, modules },
    zoneinfo: "Europe/Berlin",
    expiresAt: undefined,
  });
  assert.ok(document?.v === 1);
  return document;
}

/** What the tools show under a document: problems, and the fields with texts that were shown. */
async function shownUnder(document: RecordsDocument) {
  await using world = await createNarrowedWorld({ DESTRUCTIVE_TOOLS: UNASKED });
  await fillTables(world);
  narrowApps(world, { ...document });
  const problems = new Set<string>();
  const seen = new Set<string>();
  for (const { name, args } of CALLS) {
    const { text, words, isError } = await callApp(world, name, args);
    if (isError && /internal|went wrong|cannot be read with your key|grant-unreadable/i.test(words)) {
      problems.add(`${name}: ${words}`);
    }
    for (const { collection, field } of marksIn(text)) {
      seen.add(`${collection} ${field}`);
      const rule = document.rules.find((one) => one.collection === collection);
      const readable = rule?.fields ?? ownFields(collection);
      if (!readable.includes(field)) problems.add(`${name} shows ${collection} ${field}`);
    }
  }
  return { problems: [...problems], seen };
}

Deno.test("every tool under documents as they are chosen: the first choice of fields of every module", async () => {
  const { problems, seen } = await shownUnder(
    documentOf(([first]) => first === undefined ? {} : { fields: first }),
  );
  assert.deepEqual(problems, []);
  assert.ok(seen.has("journal/journalEntries title") && !seen.has("journal/journalEntries content"));
  assert.ok(seen.size > 80, String(seen.size));
});

Deno.test("every tool under documents as they are chosen: the strictest choice of fields of every module", async () => {
  const { problems, seen } = await shownUnder(
    documentOf((names) => names.length === 0 ? {} : { fields: names.at(-1) ?? "" }),
  );
  assert.deepEqual(problems, []);
  assert.ok(!seen.has("journal/journalEntries title") && !seen.has("calendar/events title"));
});

Deno.test("every tool under documents as they are chosen: one narrowed module leaves the others as they are", async () => {
  const { problems, seen } = await shownUnder(
    documentOf((_, module) => module === "notes" ? { since: "P1D", fields: "titles" } : undefined),
  );
  assert.deepEqual(problems, []);
  assert.ok(![...seen].some((field) => field.startsWith("notes/notes ")), "nothing was changed today");
  assert.ok(seen.has("journal/journalEntries content") && seen.has("todo/tasks title"));
});
