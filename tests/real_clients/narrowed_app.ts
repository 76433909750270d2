/** An app that a person connected, and whom they narrow on the page of apps while a client works with its token. */
import assert from "node:assert/strict";
import { connectApp } from "../../soak/connected_app.ts";
import { createBrowser } from "../_support/browser.ts";
import { modernRequest } from "../_support/mcp_request.ts";
import type { Handed, PlayedCall } from "./models/played_model.ts";
import type { Product } from "./product.ts";
import { openDoor, type RecordingDoor } from "./recording_door.ts";
import { ENTRY_TEXT, IDS, MARK } from "./rows.ts";

/** The calls of the client. Before the second one the person narrows the app to titles of the last seven days. */
export const NARROWED_CALLS = [
  { tool: "journal_list", args: {} },
  { tool: "journal_list", args: {} },
  { tool: "journal_read", args: { id: IDS.entryOfToday } },
  { tool: "journal_read", args: { id: IDS.entryOfLastMonth } },
  { tool: "journal_list", args: { query: "diary" } },
  { tool: "journal_update", args: { id: IDS.entryOfToday, content: "overwritten" } },
] as const;

/** A connected app, and the door through which a client works as it. */
export interface NarrowedApp extends AsyncDisposable {
  readonly door: RecordingDoor;
  readonly headers: Readonly<Record<string, string>>;
}

/** Connects the app for the journal, and opens a door at which the person narrows the app before the second call. */
export async function connectNarrowedApp(product: Product): Promise<NarrowedApp> {
  const { signIn, mcp } = product.addresses;
  const [place] = product.person.places;
  assert.ok(place);
  const app = await connectApp(signIn, mcp, product.person, {
    name: "Diary helper",
    scopes: ["journal:read", "journal:write"],
    place,
  });
  const door = openDoor(mcp, async (call) => {
    if (call !== 1) return;
    await narrow(signIn, product.person);
    await inForce(mcp, app.token());
  });
  return {
    door,
    headers: { Authorization: `Bearer ${app.token()}` },
    [Symbol.asyncDispose]: () => door[Symbol.asyncDispose](),
  };
}

/** The person on the page of apps: titles, of the last seven days. */
async function narrow(signIn: string, { email, password }: Product["person"]): Promise<void> {
  const browser = createBrowser(signIn, (request) => fetch(new Request(request, { redirect: "manual" })));
  const first = await browser.open("/apps");
  const apps = first.html.includes('action="/sign-in"')
    ? await browser.submit(first, "/sign-in", { email, password })
    : first;
  const saved = await browser.submit(apps, "/apps", {
    save: "yes",
    "since.journal": "P7D",
    "fields.journal": "titles",
  });
  assert.equal(saved.status, 200, saved.html);
  assert.match(saved.html, /Journal: only the last 7 days/);
}

/** Longest time until a choice is in force. */
const IN_FORCE_MS = 5_000;

/** Asks as the app does until its answer obeys. Throws when that takes longer than it may. */
async function inForce(mcp: string, token: string): Promise<void> {
  const until = Date.now() + IN_FORCE_MS;
  for (;;) {
    const asked = modernRequest(token, "tools/call", { name: "journal_list", arguments: {} }, { url: mcp });
    const text = await (await fetch(asked)).text();
    if (!text.includes(IDS.entryOfLastMonth)) return;
    assert.ok(Date.now() < until, `the choice is not in force after ${IN_FORCE_MS} ms`);
  }
}

/** What the model is to call next, by the name that the client gives the tool. */
export function nextOf(nameOf: (tool: string) => string) {
  return (handed: readonly Handed[]): readonly PlayedCall[] => {
    const next = NARROWED_CALLS[handed.length];
    return next === undefined ? [] : [{ name: nameOf(next.tool), args: next.args }];
  };
}

/** Throws where a model was handed more than the person allowed at that moment, or words that make no sense of it. */
export function checkNarrowed(handed: readonly Handed[]): void {
  assert.equal(handed.length, NARROWED_CALLS.length);
  const [before, list, read, old, search, write] = handed.map((one) => {
    if ("failed" in one) assert.fail(one.failed);
    return one;
  });
  assert.ok(before && list && read && old && search && write);
  assert.ok(before.text.includes(IDS.entryOfLastMonth) && before.text.includes(ENTRY_TEXT), before.text);

  for (const { text } of [list, read, old, search, write]) {
    assert.ok(!text.includes(ENTRY_TEXT), `a text that was withheld: ${text}`);
    assert.ok(!text.includes("last month"), `an entry that was withheld: ${text}`);
  }
  assert.ok(!list.isError && list.text.includes(`${MARK} today`), list.text);
  assert.ok(!list.text.includes(IDS.entryOfLastMonth), list.text);
  // The model can say what it was not given, instead of guessing that there is none.
  for (const { text } of [list, read]) assert.match(text, /"withheld":\[[^\]]*"content"/);
  assert.equal(read.isError, false, read.text);

  assert.equal(old.isError, true);
  assert.match(old.text, /No journal entry with id "entry-last-month" exists/);
  assert.ok(!search.text.includes(IDS.entryOfToday), "a withheld text was searched");
  assert.equal(write.isError, true);
  assert.match(write.text, /content/);
  assert.match(
    write.text,
    /\/apps/,
    `the refusal leads to the page where the person can change it: ${write.text}`,
  );
}
