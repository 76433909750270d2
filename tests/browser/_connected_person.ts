// A person with a running installation of the real product, a real browser, and apps that they connect there.
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { z } from "zod";
import { type Stack, startStack } from "../../scripts/stack/start_stack.ts";
import { temporaryFolder } from "../_support/temporary_folder.ts";
import { type Browser, openBrowser } from "./_chromium.ts";
import { type App, type AppOptions, createModernApp, listenForCallback } from "./_connecting.ts";
import { allowOnly, emailOf, fillSignUp, PASSWORD } from "./_person.ts";

/** The tick with which a person wants to be asked before each change. */
export const ASK_FIRST = "Ask me before it changes anything";

/** See {@link createConnectedPerson}. */
export interface ConnectedPerson extends AsyncDisposable {
  readonly stack: Stack;
  readonly browser: Browser;
  /** Where the sign-in server's pages are for the browser. */
  readonly auth: string;
  /** Connects an app by OAuth; the person ticks what it may do, signs up the first time, and does `more` before they allow it. */
  connect(
    app: Partial<AppOptions>,
    choice: Readonly<Record<string, readonly string[]>>,
    asksFirst?: boolean,
    more?: (page: Page) => Promise<void>,
  ): Promise<App>;
}

/** Starts backend and gateway as processes, and the browser with a clean profile. */
export async function createConnectedPerson(name: string): Promise<ConnectedPerson> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await temporaryFolder());
  const running = await startStack({ data: `${folder.path}/data`, env: FREE_PORTS });
  stack.defer(async () => assert.deepEqual(await running.stop(), { gateway: 0, backend: 0 }));
  const browser = stack.use(await openBrowser(folder.path));
  const auth = `http://localhost:${new URL(running.authUrl).port}`;
  const { page } = browser;
  await page.goto(`${auth}/sign-up`);
  await fillSignUp(page, name);
  await page.getByRole("button", { name: "Make the account" }).click();
  await page.getByText("No app is connected.").waitFor();
  const all = stack.move();
  return {
    stack: running,
    browser,
    auth,
    async connect(options, choice, asksFirst = false, more) {
      const callback = all.use(listenForCallback());
      const app = createModernApp({ mcpUrl: running.mcpUrl, redirectUrl: callback.url, ...options });
      all.defer(() => app.close());
      await assert.rejects(app.connect());
      await page.goto(app.asked.at(-1)?.href ?? "");
      await page.getByRole("heading", { name: /^Connect / }).waitFor();
      await allowOnly(page, choice, "1 day");
      if (asksFirst) await page.getByRole("checkbox", { name: ASK_FIRST }).check();
      await more?.(page);
      await page.getByRole("button", { name: "Allow", exact: true }).click();
      await app.finish(await callback.returned);
      return app;
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

const FREE_PORTS = { PORT: "0", BACKEND_PORT: "0", BACKEND_SYNC_PORT: "0" };

/** Signs in on the page that a link has led to. */
export async function signInAs(page: Page, name: string): Promise<void> {
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await page.getByLabel("E-mail address").fill(emailOf(name));
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

const Result = z.looseObject({
  content: z.array(z.looseObject({ text: z.string() })),
  structuredContent: z.record(z.string(), z.unknown()).optional(),
  isError: z.boolean().optional(),
});

/** What a call that must succeed answers. */
export async function done(app: App, tool: string, args: Record<string, unknown>) {
  const { structuredContent, content, isError } = Result.parse(await app.call(tool, args));
  assert.ok(structuredContent !== undefined && isError !== true, JSON.stringify(content));
  return structuredContent;
}

/** The words of a call that must be refused. */
export async function refused(app: App, tool: string, args: Record<string, unknown>): Promise<string> {
  const { content, isError } = Result.parse(await app.call(tool, args));
  const words = content.map(({ text }) => text).join("\n");
  assert.equal(isError, true, words);
  return words;
}

/** The link of a refusal, as a person would click it, and the id in it. */
export function linkIn(words: string): { readonly url: string; readonly id: string } {
  const [url = "", id = ""] = /https?:\/\/\S+\/approvals\/([0-9a-f]{32})/.exec(words) ?? [];
  assert.ok(id, words);
  return { url, id };
}

/** The id of the note that a call has made. */
export async function makeNote(app: App, title: string, content: string): Promise<string> {
  const made = await done(app, "notes_create", { title, content });
  return z.looseObject({ note: z.looseObject({ id: z.string() }) }).parse(made).note.id;
}

/** The titles of the person's notes, as an app lists them. */
export async function titlesOf(app: App): Promise<string[]> {
  const Notes = z.looseObject({ notes: z.array(z.looseObject({ title: z.string() })) });
  return Notes.parse(await done(app, "notes_search", {})).notes.map(({ title }) => title).sort();
}
