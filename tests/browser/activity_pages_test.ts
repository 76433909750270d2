// The pages of what apps did and of its undo, as people see them: before a door that tells a long story, so that every mark and every
// fault is on some page.
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { connect } from "../_support/oauth_flow.ts";
import { temporaryFolder } from "../_support/temporary_folder.ts";
import {
  call,
  calledRow,
  createToldDoor,
  no,
  page as told,
  preview,
  row,
  yes,
} from "../oauth/activity/_told_door.ts";
import { browserOptions, openBrowser } from "./_chromium.ts";
import { tabTo } from "./_keyboard.ts";
import { assertLooks, NARROW_LOOKS } from "./_looks.ts";
import { fillSignUp } from "./_person.ts";
import { serveFlow } from "./_served_flow.ts";

const options = await browserOptions();

Deno.test(
  "what apps did, and its undo: in both themes, at a desk and on small phones, no fault that axe finds",
  options,
  async () => {
    await using folder = await temporaryFolder();
    const door = createToldDoor();
    await using served = await serveFlow({ door, now: () => NOON });
    await using browser = await openBrowser(folder.path);
    const { page } = browser;
    const look = async (name: string) => await assertLooks(page, `activity-${name}`, NARROW_LOOKS);
    const press = async (name: string | RegExp) => await page.getByRole("button", { name }).click();
    await signUp(page, served.origin);
    door.answers.set("activity", told([]));
    await page.goto(`${served.origin}/activity`);
    await look("none");

    door.answers.set("activity", told(STORY, { hasMore: true }));
    await page.goto(`${served.origin}/activity`);
    await look("story");
    await page.getByText("Choose an app, a kind of thing or a day").click();
    await look("filter");
    await press("Undo what is ticked");
    await look("nothing-ticked");
    await page.getByRole("checkbox", { name: "11:58" }).check();
    await look("ticked");

    door.answers.set("activity/call", yes({ call: STORY[0], rows: UNFOLDED, rowCount: 30 }));
    await page.getByRole("link", { name: "Changed the note “Shopping”" }).first().click();
    await look("call");
    door.answers.set("undo/preview", yes(PLANNED));
    await press("Undo this");
    await look("preview");
    door.answers.set("undo/apply", no("gateway-late"));
    await press(/^Yes, put/);
    await look("unfinished");
    door.answers.set("undo/apply", no("changed", { preview: preview() }));
    await press("Finish it");
    await look("changed");
    door.answers.set(
      "undo/apply",
      yes({ status: "done", preview: { ...PLANNED, rows: [], rowCount: 0 }, written: 2 }),
    );
    await press(/^Yes, put/);
    await page.getByRole("heading", { name: "It is undone" }).waitFor();
    await look("done");
    await page.goto(`${served.origin}/activity`);
    await page.getByRole("checkbox", { name: "11:58" }).check();
    await press("Undo what is ticked");
    door.answers.set("undo/apply", no("space-left"));
    await press(/^Yes, put/);
    await look("space-left");
    door.answers.set("activity", no("sync-down"));
    await page.goto(`${served.origin}/activity`);
    await look("down");
    assert.deepEqual([...browser.origins], [served.origin], "nothing is loaded from elsewhere");
  },
);

Deno.test("keyboard only: look through what apps did, tick, look at the undo, undo", options, async () => {
  await using folder = await temporaryFolder();
  const door = createToldDoor();
  await using served = await serveFlow({ door, now: () => NOON });
  await using browser = await openBrowser(folder.path);
  const { page } = browser;
  await signUp(page, served.origin);
  door.answers.set("activity", told(STORY));
  door.answers.set("activity/call", yes({ call: STORY[0], rows: UNFOLDED, rowCount: 3 }));
  door.answers.set("undo/preview", yes(PLANNED));
  door.answers.set("undo/apply", yes({ status: "done", preview: PLANNED, written: 2 }));
  await page.goto(`${served.origin}/activity`);
  await tabTo(page, page.locator("summary", { hasText: "Choose an app" }));
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByLabel("Kind of thing"));
  await page.keyboard.type("Notes");
  await tabTo(page, page.getByRole("button", { name: "Show" }));
  await page.keyboard.press("Enter");
  await page.waitForURL(/module=notes/);
  await tabTo(page, page.getByRole("link", { name: "Changed the note “Shopping”" }));
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "What changed" }).waitFor();
  await tabTo(page, page.locator("summary", { hasText: "What is in it" }));
  await tabTo(page, page.getByRole("link", { name: "What your apps did" }));
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "What your apps did" }).waitFor();

  for (const time of ["11:58", "11:57"]) {
    await tabTo(page, page.getByRole("checkbox", { name: time }));
    await page.keyboard.press("Space");
  }
  await tabTo(page, page.getByRole("button", { name: "Undo what is ticked" }));
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Undo this?" }).waitFor();
  assert.deepEqual(door.asked.at(-1)?.body.selection, { calls: [STORY[0]?.id, STORY[1]?.id] });
  await tabTo(page, page.getByRole("button", { name: "Yes, put 2 things back" }));
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "It is undone" }).waitFor();
  assert.deepEqual(browser.problems, []);
});

Deno.test("the card of an app leads to what it did", options, async () => {
  await using folder = await temporaryFolder();
  const door = createToldDoor();
  await using served = await serveFlow({ door, now: () => NOON });
  await using browser = await openBrowser(folder.path);
  const { page, context } = browser;
  await signUp(page, served.origin);
  const own = served.flow.browser();
  for (const { name, value } of await context.cookies()) own.cookies.set(name, value);
  await connect(served.flow, own);
  door.answers.set("activity", told([]));
  await page.goto(`${served.origin}/apps`);
  await assertLooks(page, "apps-activity", NARROW_LOOKS);
  await page.getByRole("article", { name: "Test app" }).getByRole("link", {
    name: "See or undo what it changed",
  }).click();
  await page.getByRole("heading", { name: "What your apps did" }).waitFor();
  await assertLooks(page, "activity-app", NARROW_LOOKS);
  assert.equal(door.asked.at(-1)?.body.app, new URL(page.url()).searchParams.get("app"));
});

/** When the story was told last. */
const NOON = Date.parse("2026-05-01T12:00:00.000Z");

async function signUp(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/sign-up`);
  await fillSignUp(page, "Anna");
  await page.getByRole("button", { name: "Make the account" }).click();
  await page.getByText("No app is connected.").waitFor();
}

const FAMILY = { id: "space-2", name: "Family", kind: "shared" } as const;
const PERSONAL = { id: "space-1", name: "Anna", kind: "personal" } as const;
const LONG = "Recipe for a very long evening with many guests, their children and a dog that nobody invited";
const MANY = ["Birthday of grandma", LONG, "قائمة التسوق", "Tax"];

const STORY = [
  call("a1", { at: "2026-05-01T11:58:00.000Z" }),
  call("a2", {
    at: "2026-05-01T11:57:00.000Z",
    toolTitle: "Create notes",
    rows: MANY.map((title) => calledRow({ id: title, title, op: "insert" })),
    rowCount: 14,
  }),
  call("a3", {
    at: "2026-05-01T11:30:00.000Z",
    undoneBy: "b1".padEnd(32, "0"),
    rows: [calledRow({ op: "delete", title: "Old list", fields: [] })],
  }),
  call("b1", {
    at: "2026-05-01T11:31:00.000Z",
    writer: "undo",
    name: "",
    tool: null,
    toolTitle: null,
    rows: [calledRow({ op: "restore", title: "Old list", fields: [] })],
  }),
  call("c1", {
    at: "2026-04-30T20:10:00.000Z",
    writer: "own",
    name: "claude-code",
    module: "todo",
    moduleLabel: "To-dos",
    space: FAMILY,
    rows: [calledRow({ record: "task", title: "Call the dentist", fields: ["due date"] })],
  }),
  call("d1", {
    id: "~bmFtZQ",
    at: "2026-04-30T09:00:00.000Z",
    writer: "unverified",
    name: "Claude",
    rows: [calledRow({ title: null })],
  }),
  call("e1", {
    at: "2026-04-28T09:00:00.000Z",
    module: "calendar",
    moduleLabel: "Calendar",
    rows: [calledRow({ record: "event", title: "x".repeat(200), op: "insert", fields: [] })],
  }),
];

const UNFOLDED = [
  row(),
  row({
    id: "note-2",
    op: "insert",
    title: "Birthday of grandma",
    fields: [{ name: "content", before: null, after: "Cake\nCandles\n" + "y".repeat(120) }],
    fieldCount: 3,
  }),
  row({ id: "note-3", op: "delete", title: null, fields: [{ name: "content", before: "Old", after: null }] }),
  row({
    id: "note-4",
    title: null,
    fields: [{ name: "content", before: null, after: null, isSealed: true }],
  }),
];

const conflict = { record: "note", title: "Holidays", id: "note-5", field: "title", by: "Ben" };
const PLANNED = preview({
  rows: [
    { ...row({ fields: [{ name: "content", before: "Milk and bread", after: "Milk" }] }), space: PERSONAL },
    {
      ...row({
        id: "note-2",
        op: "delete",
        title: "Birthday of grandma",
        fields: [{ name: "content", before: "Cake", after: null }],
      }),
      space: FAMILY,
    },
  ],
  rowCount: 2,
  collections: [{ record: "note", count: 1 }, { record: "task", count: 1 }],
  conflicts: [{ ...conflict, at: "2026-05-01T11:00:00.000Z" }],
  conflictCount: 3,
  impossible: [
    { reason: "hard-deleted", count: 2 },
    { reason: "space-left", count: 1 },
    { reason: "unverified-only", count: 4 },
  ],
});
