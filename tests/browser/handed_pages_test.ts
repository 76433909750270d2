// The page of what apps were handed, as people see it: before a door that tells a long story, so that every mark is on some page.
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { connect } from "../_support/oauth_flow.ts";
import { temporaryFolder } from "../_support/temporary_folder.ts";
import { ALLOWED, allowed, handed, ledgerPage, records } from "../oauth/activity/_ledger.ts";
import { createToldDoor, no, page as told, yes } from "../oauth/activity/_told_door.ts";
import { browserOptions, openBrowser } from "./_chromium.ts";
import { tabTo } from "./_keyboard.ts";
import { assertLooks, NARROW_LOOKS } from "./_looks.ts";
import { fillSignUp } from "./_person.ts";
import { serveFlow } from "./_served_flow.ts";

const options = await browserOptions();

Deno.test(
  "what apps were handed: in both themes, at a desk and on small phones, no fault that axe finds",
  options,
  async () => {
    await using folder = await temporaryFolder();
    const door = createToldDoor();
    await using served = await serveFlow({ door, now: () => NOON });
    await using browser = await openBrowser(folder.path);
    const { page } = browser;
    const look = async (name: string) => await assertLooks(page, `handed-${name}`, NARROW_LOOKS);
    const open = async () => await page.goto(`${served.origin}/activity/seen`);
    await signUp(page, served.origin);
    door.answers.set("ledger/seen", yes(ledgerPage([])));
    await open();
    await look("none");
    door.answers.set("ledger/seen", yes(ledgerPage([], { state: "off" })));
    await open();
    await look("off");
    door.answers.set("ledger/seen", yes(ledgerPage([], { state: "no-key" })));
    await open();
    await look("no-key");

    door.answers.set("ledger/seen", yes(STORY));
    await open();
    await look("story");
    for (const entry of await page.locator(".handed summary").all()) await entry.click();
    await look("unfolded");
    door.answers.set("ledger/seen", no("sync-down"));
    await open();
    await look("down");
    assert.deepEqual([...browser.origins], [served.origin], "nothing is loaded from elsewhere");
  },
);

Deno.test(
  "keyboard only: from an app's card to what it was handed, unfold, filter, download, withhold",
  options,
  async () => {
    await using folder = await temporaryFolder();
    const door = createToldDoor();
    await using served = await serveFlow({ door, now: () => NOON });
    await using browser = await openBrowser(folder.path);
    const { page, context } = browser;
    await signUp(page, served.origin);
    const own = served.flow.browser();
    for (const { name, value } of await context.cookies()) own.cookies.set(name, value);
    await connect(served.flow, own);
    door.answers.set("ledger/seen", yes(STORY));
    door.answers.set("ledger/export", yes({ lines: ['{"id":"1"}', '{"id":"2"}'], next: null }));
    door.answers.set("activity", told([]));
    await page.goto(`${served.origin}/apps`);
    await assertLooks(page, "apps-handed", NARROW_LOOKS);
    await tabTo(page, page.getByRole("link", { name: "See what it was handed: Test app" }));
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "What your apps were handed" }).waitFor();
    assert.equal(door.asked.at(-1)?.body.app, new URL(page.url()).searchParams.get("app"));

    await tabTo(page, page.locator("summary", { hasText: "List notes: was handed" }).first());
    await page.keyboard.press("Enter");
    await page.getByText("It could have read this, by what you allowed it then:").first().waitFor();
    await tabTo(page, page.locator("summary", { hasText: "Shown:" }));
    await page.keyboard.press("Enter");
    await tabTo(page, page.getByLabel("Kind of thing"));
    await page.keyboard.type("Notes");
    await tabTo(page, page.getByRole("button", { name: "Show" }));
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/activity\/seen\?.*module=notes/);
    const download = page.waitForEvent("download");
    await tabTo(page, page.getByRole("button", { name: "Download all of it" }));
    await page.keyboard.press("Enter");
    const file = await download;
    assert.equal(file.suggestedFilename(), "mana-ledger-2026-05-01.jsonl");
    await file.saveAs(`${folder.path}/ledger.jsonl`);
    assert.equal(await Deno.readTextFile(`${folder.path}/ledger.jsonl`), '{"id":"1"}\n{"id":"2"}\n');
    await tabTo(page, page.getByRole("checkbox", { name: "Withhold what cannot be noted first" }));
    await page.keyboard.press("Space");
    await tabTo(page, page.getByRole("button", { name: "Save this" }));
    await page.keyboard.press("Enter");
    await page.getByText("Now: an app gets nothing that could not be noted before").waitFor();
    await assertLooks(page, "handed-strict", NARROW_LOOKS);
    await tabTo(page, page.getByRole("link", { name: "Changed" }));
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "What your apps did" }).waitFor();
    assert.deepEqual(browser.problems, []);
  },
);

/** When the story was told last. */
const NOON = Date.parse("2026-05-01T12:00:00.000Z");

async function signUp(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/sign-up`);
  await fillSignUp(page, "Anna");
  await page.getByRole("button", { name: "Make the account" }).click();
  await page.getByText("No app is connected.").waitFor();
}

const FAMILY = {
  id: "space-2",
  name: "Family with a very long name that nobody shortens",
  kind: "shared",
} as const;
const LEFT = { id: "space-3", name: "Choir", kind: "shared", isLeft: true } as const;
const ids = (count: number) =>
  Array.from({ length: count }, (_, i) => `${String(i).padStart(8, "0")}-1111-4111-8111-111111111111`);

const STORY = ledgerPage([
  handed("a1"),
  handed("a2", {
    at: "2026-05-01T11:40:00.000Z",
    tool: "day.look",
    toolTitle: "Look at a day, with everything that happens then",
    read: [
      records({
        record: "journal entry",
        count: 31,
        ids: ids(20),
        fields: ["title", "content", "entry date", "mood", "tags"],
      }),
      records({ record: "task", space: FAMILY, count: 1, ids: ["x".repeat(64)] }),
      records({ record: "tag", space: LEFT, fields: [] }),
    ],
    looked: [{ collection: "notes/notes", record: "note", count: 312 }],
  }),
  handed("a3", {
    at: "2026-05-01T11:30:00.000Z",
    tool: "notes.create",
    toolTitle: "Create notes",
    read: [],
    wrote: 3,
    outcome: "unknown",
  }),
  handed("b1", { at: "2026-04-30T10:00:00.000Z", isOwn: true, allowed: null }),
  handed("c1", {
    at: "2026-04-30T09:00:00.000Z",
    allowed: "b".repeat(64),
    toolTitle: null,
    tool: "gone.tool_with_a_long_name",
  }),
], {
  hasMore: true,
  gaps: 3,
  unreadable: 2,
  broken: 1,
  head: { chain: "ab".repeat(16), seq: 12, hash: "cd".repeat(32) },
  documents: {
    [ALLOWED]: allowed({
      scopes: ["notes:read", "notes:write", "journal:read"],
      rules: [{
        collection: "journal/journalEntries",
        record: "journal entry",
        access: ["read"],
        isBlind: false,
        spaces: [{ id: "space-1", name: "Anna", kind: "personal" }, FAMILY],
        where: ["entry date: from 30 days before the day of the call on", "tags: one of work, holidays"],
        fields: ["entry date", "mood", "tags"],
      }, {
        collection: "*",
        record: "",
        access: ["read", "write", "destructive"],
        isBlind: false,
        spaces: null,
        where: [],
        fields: null,
      }],
      until: "2026-06-01T00:00:00.000Z",
    }),
  },
});
