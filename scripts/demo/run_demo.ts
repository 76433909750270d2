// The whole job, once, with a check of each step. Starts nothing: demo.ts and tests do.
import assert from "node:assert/strict";
import { z } from "zod";
import { counted } from "../../lib/kit/counted.ts";
import type { DemoClient } from "./demo_client.ts";

/** Runs the whole job once and checks each step. Throws AssertionError at the first step that is not as promised. */
export async function runDemo(stage: DemoStage): Promise<void> {
  const { client, print } = stage;
  const request = stage.fetch ?? fetch;
  print(`\n── ${client.label} ──`);

  const names = new Set(await client.toolNames());
  for (const name of USED) assert.ok(names.has(name), `${name} is not listed`);
  print(`tools/list        ${counted(names.size, "tool")}, all that follow among them`);

  const { activeSpaceId } = await client.call("spaces_list", {});
  print(`spaces_list       the active space is ${activeSpaceId}`);

  const habit = Identified.parse(
    (await client.call("habits_create", { title: "Drink water", icon: "drop" })).habit,
  );
  print(`habits_create     "Drink water" has the id ${habit.id}`);

  const task = Identified.parse(
    (await client.call("todo_create", { title: "Buy milk ☕", dueDate: "2030-05-20", priority: "high" }))
      .task,
  );
  const list = await client.call("todo_list", {});
  assert.ok(JSON.stringify(list.tasks).includes("Buy milk ☕"));
  print(`todo_create       "Buy milk ☕" is stored and todo_list reads it back`);

  const stored = await pull(request, stage, "todo", "tasks");
  const row = stored.find(({ id, op }) => id === task.id && op === "insert");
  const ciphertext = String(row?.data?.title);
  assert.match(ciphertext, /^enc:1:[A-Za-z0-9+/]{16}\.[A-Za-z0-9+/]+=*$/);
  print(`as stored         title: ${ciphertext}`);

  assert.deepEqual(await client.call("todo_complete", { id: task.id }), { ok: true, changed: true });
  assert.deepEqual(await client.call("todo_complete", { id: task.id }), { ok: true, changed: false });
  print("todo_complete     done; completing it again changes nothing");

  await client.call("notes_create", { title: "Shopping", content: "The shop closes at eight." });
  const found = await client.call("notes_search", { query: "CLOSES" });
  const [hit] = z.array(z.looseObject({ id: z.string(), snippet: z.string() })).parse(found.notes);
  assert.equal(hit?.snippet, "The shop closes at eight.");
  print(`notes_search      "CLOSES" finds the note by its sealed content, with a snippet`);
  assert.equal((await client.call("notes_read", { id: hit.id })).contentChars, hit.snippet.length);
  print("notes_read        gives all of it");

  const { entry, timeZone } = await client.call("journal_add", { content: "A good day.", mood: "zufrieden" });
  print(
    `journal_add       written for ${
      z.looseObject({ entryDate: z.string() }).parse(entry).entryDate
    } (${timeZone})`,
  );

  await day(request, stage, habit.id);
  await contact(stage);
  await conflict(request, stage, habit.id);
}

/** The tools that the demo calls. A connection for which nothing was chosen is shown them. */
const USED = [
  "spaces_list",
  "habits_create",
  "habits_log",
  "habits_list",
  "habits_update",
  "todo_create",
  "todo_list",
  "todo_complete",
  "notes_create",
  "notes_search",
  "notes_read",
  "journal_add",
  "calendar_create",
  "calendar_list",
  "contacts_search",
];

/** A habit is logged and an event made. Each is a time block on the one time axis of the apps, and a record of its own app. */
async function day(request: typeof fetch, stage: DemoStage, habitId: string): Promise<void> {
  const { client, print } = stage;
  const { id: entry, day: today } = Logged.parse(await client.call("habits_log", { id: habitId }));
  const { habits } = HabitList.parse(await client.call("habits_list", { counts: true }));
  assert.equal(habits.find(({ id }) => id === habitId)?.today, 1);
  print(`habits_log        done on ${today}; habits_list counts one for today`);

  // The web app makes the first calendar when it is opened; nobody has opened it here.
  const { calendars } = Calendars.parse(await client.call("calendar_calendars", {}));
  if (calendars.length === 0) await client.call("calendar_save_calendar", { name: "Mine", isDefault: true });
  const { id } = Identified.parse(
    await client.call("calendar_create", { title: "Tea with Ada", startDate: "2030-05-20T15:00" }),
  );
  const { entries } = Agenda.parse(
    await client.call("calendar_list", { from: "2030-05-20", to: "2030-05-20" }),
  );
  const shown = entries.find((event) => event.id === id);
  assert.equal(shown?.title, "Tea with Ada");
  print(`calendar_create   "Tea with Ada", and calendar_list has it at ${shown?.start}`);

  const blocks = await pull(request, stage, "timeblocks", "timeBlocks");
  for (const [owner, app, table] of [[entry, "habits", "habitLogs"], [id, "calendar", "events"]] as const) {
    const record = (await pull(request, stage, app, table)).find((row) => row.id === owner);
    assert.ok(
      blocks.some((block) => block.id === record?.data?.timeBlockId && block.data?.sourceId === owner),
    );
  }
  print("as stored         both have a time block in the app timeblocks, and each points at the other");
}

/** A contact is made by a tool that is not listed here: a profile only narrows the list. */
async function contact({ client, print }: DemoStage): Promise<void> {
  const name = { firstName: "Ada", lastName: "Lovelace" };
  const { id } = Identified.parse(await client.call("contacts_create", { ...name, city: "London" }));
  const { contacts } = Contacts.parse(await client.call("contacts_search", { query: "lovelace" }));
  assert.ok(contacts.some((one) => one.id === id && one.firstName === "Ada"));
  print(`contacts_search   finds Ada Lovelace, whom contacts_create added`);
}

/** Where the demo works and with what. */
export interface DemoStage {
  readonly client: DemoClient;
  readonly syncUrl: string;
  readonly token: string;
  /** The network by default; tests pass the backend itself. */
  readonly fetch?: typeof fetch;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly print: (line: string) => void;
}

const Change = z.looseObject({
  id: z.string(),
  op: z.string(),
  data: z.record(z.string(), z.unknown()).optional(),
});
const Pull = z.object({ serverChanges: z.array(Change) });
const Identified = z.looseObject({ id: z.string() });
const HabitList = z.object({
  habits: z.array(
    z.looseObject({ id: z.string(), title: z.string(), color: z.string(), today: z.int().optional() }),
  ),
});
const Logged = z.object({ id: z.string(), day: z.string() });
const Calendars = z.object({ calendars: z.array(Identified) });
const Agenda = z.object({
  entries: z.array(z.looseObject({ id: z.string(), title: z.string().optional(), start: z.string() })),
});
const Contacts = z.object({
  contacts: z.array(z.looseObject({ id: z.string(), firstName: z.string().optional() })),
});

/**
 * Two devices change the same habit: a phone without network first, the gateway a moment later; then the phone comes back
 * and delivers its older change. Each field keeps its newest value, whoever arrives last.
 */
async function conflict(request: typeof fetch, stage: DemoStage, id: string): Promise<void> {
  const { client, print } = stage;
  const offline = new Date(stage.now() - 1).toISOString();
  await client.call("habits_update", { id, title: "Drink more water" });
  const field = (value: unknown) => ({ value, at: offline, updatedAt: offline });
  const response = await request(`${stage.syncUrl}/sync/habits`, {
    method: "POST",
    headers: { authorization: `Bearer ${stage.token}`, "content-type": "application/json" },
    body: JSON.stringify({
      clientId: "phone",
      since: "9999-12-31T23:59:59.999Z",
      schemaVersion: 1,
      changes: [{
        table: "habits",
        id,
        op: "update",
        fields: {
          title: field("Drink tea"),
          color: { ...field("#0ea5e9"), at: future(stage), updatedAt: future(stage) },
        },
      }],
    }),
  });
  assert.equal(response.status, 200);
  await response.body?.cancel();
  const { habits } = HabitList.parse(await client.call("habits_list", {}));
  const merged = habits.find((habit) => habit.id === id);
  assert.equal(merged?.title, "Drink more water");
  assert.equal(merged?.color, "#0ea5e9");
  print(
    `two devices       phone (late): "Drink tea", #0ea5e9 → merged: "${merged?.title}", ${merged?.color}`,
  );
}

function future(stage: DemoStage): string {
  return new Date(stage.now() + 60_000).toISOString();
}

async function pull(request: typeof fetch, stage: DemoStage, app: string, table: string) {
  const response = await request(
    `${stage.syncUrl}/sync/${app}/pull?collection=${table}&since=1970-01-01T00:00:00.000Z`,
    { headers: { authorization: `Bearer ${stage.token}`, "x-client-id": "onlooker" } },
  );
  return Pull.parse(await response.json()).serverChanges;
}
