// The way of a person who does not exist through the whole product, to every page of which there is a picture. It knows nothing of files.
import type { Locator, Page } from "playwright-core";
import {
  createConnectedPerson,
  done,
  linkIn,
  makeNote,
  refused,
} from "../../tests/browser/_connected_person.ts";
import { type App, createModernApp, listenForCallback } from "../../tests/browser/_connecting.ts";
import { unfold } from "../../tests/browser/_person.ts";
import { ICON_SVG } from "../../process/look/icon.ts";
import { createReportRoutes } from "../../runner/pages/report_routes.tsx";
import { persona, report, tick } from "../../tests/runner/pages/_told_report.ts";
import type { Places } from "./steady_page.ts";

/** Visits every page, and calls `show` there. */
export async function visitPages(show: Show): Promise<void> {
  await using person = await createConnectedPerson("Nora");
  const { browser: { page }, auth, stack } = person;
  // A busy computer is no fault of a page.
  page.setDefaultTimeout(PATIENCE_MS);
  const places = {
    [new URL(stack.mcpUrl).host]: "127.0.0.1:3069",
    [new URL(auth).host]: "localhost:3001",
    [new URL(stack.authUrl).host]: "127.0.0.1:3001",
    [new URL(stack.syncUrl).host]: "127.0.0.1:3050",
  };
  const at = (name: string, width: number, more: Partial<View> = {}) =>
    show({ name, width, page, places, ...more });

  await page.goto(new URL("/", stack.mcpUrl).href);
  await at("gateway", 760, { height: 900 });

  await using apps = new AsyncDisposableStack();
  const connect = async (name: string, choose: () => Promise<void>): Promise<App> => {
    const callback = apps.use(listenForCallback());
    const app = createModernApp({ mcpUrl: stack.mcpUrl, redirectUrl: callback.url, name });
    apps.defer(() => app.close());
    await app.connect().catch(() => "the person has to be asked first");
    await page.goto(app.asked.at(-1)?.href ?? "");
    await page.getByRole("heading", { name: /^Connect / }).waitFor();
    await choose();
    await page.getByRole("button", { name: "Allow", exact: true }).click();
    await app.finish(await callback.returned);
    return app;
  };
  const app = await connect("Claude", async () => {
    await at("consent", 512);
    await page.reload();
    await tickOnly(page, MAY);
  });
  for (const [title, priority] of [["Book the train to Graz", "high"], ["Call the plumber", "medium"]]) {
    await done(app, "todo_create", { title, priority });
  }
  await done(app, "habits_create", { title: "Stretch" });
  for (const title of ["A quiet day", "Rain and tea", "The long walk"]) {
    await done(app, "journal_add", { title, content: "Slept well. Nothing was urgent.", tags: ["thanks"] });
  }
  await done(app, "journal_add", { title: "The cabin", content: "Snow.", entryDate: "2024-01-06" });
  const shopping = await makeNote(app, "Shopping", "Bread, apples, oat milk");
  await done(app, "notes_append", { id: shopping, content: "Candles" });
  const holidays = await makeNote(app, "Winter holidays", "Ask Ada about the cabin.");

  await connect("Cursor", async () => {
    await tickOnly(page, ["journal:read"]);
    await narrowJournal(page);
    const journal = page.getByRole("group", { name: "Journal", exact: true });
    await at("narrowing", 512, { part: journal });
  });

  const link = linkIn(await refused(app, "notes_delete", { id: holidays }));
  await page.goto(link.url);
  // The buttons sleep until the person can have read what they do.
  await page.locator("button[name=decision]:not([aria-disabled])").first().waitFor();
  await at("approval", 560);

  await page.goto(`${auth}/activity`);
  await page.getByRole("link", { name: "Made the task “Call the plumber”" }).click();
  await page.getByRole("button", { name: "Undo this", exact: true }).click();
  await page.getByRole("button", { name: /^Yes, put/ }).click();
  await page.getByRole("heading", { name: "It is undone" }).waitFor();
  await page.goto(`${auth}/activity`);
  await at("activity", 560, { height: 1200 });
  await page.goto(`${auth}/apps`);
  await at("apps", 560, { only: "listing" });
  await page.goto(`${auth}/privacy`);
  await at("privacy", 560, { only: "listing" });

  await page.goto("about:blank");
  await page.setContent(`<style>body { margin: 0 } svg { display: block; width: 512px }</style>${ICON_SVG}`);
  await at("icon", 512, { height: 512, isMark: true, only: "documents" });

  await using served = serveReport();
  await page.goto(served.origin);
  await at("personas", 1100, { height: 600, only: "documents" });
}

/** Called at a page that a picture is to be taken of. */
export type Show = (view: View) => Promise<void>;

/** A page, ready for its picture. */
export interface View {
  readonly name: string;
  /** Width in CSS pixels of the picture in the documents. */
  readonly width: number;
  readonly page: Page;
  /** The part that the picture in the documents shows; the whole page otherwise. */
  readonly part?: Locator;
  /** How much of the page the picture in the documents shows at most, in CSS pixels. */
  readonly height?: number;
  /** Whether it is the mark, which is drawn on nothing. */
  readonly isMark?: boolean;
  /** Where alone there are pictures of it; in both where this is left out. */
  readonly only?: "listing" | "documents";
  readonly places: Places;
}

/** Longest wait for one thing on a page. */
const PATIENCE_MS = 60_000;

const MAY = [
  ...["read", "write", "destructive"].flatMap((access) => [`todo:${access}`, `notes:${access}`]),
  ...["read", "write"].flatMap((access) => [`journal:${access}`, `habits:${access}`]),
];

/** Ticks exactly these: at once and by the debugger, since a hundred clicks take a minute on a busy computer. */
async function tickOnly(page: Page, scopes: readonly string[]): Promise<void> {
  await page.getByRole("radio", { name: "Let me choose" }).check();
  await page.evaluate(`for (const box of document.querySelectorAll("input[name=allow]")) {
    box.checked = ${JSON.stringify(scopes)}.includes(box.value);
  }`);
}

async function narrowJournal(page: Page): Promise<void> {
  const all = page.getByRole("group", { name: "What may it do?" });
  await unfold(all);
  const journal = all.getByRole("group", { name: "Journal" });
  await journal.getByText("only …").click();
  await journal.getByLabel("Since when").selectOption({ label: "the last 7 days" });
  await journal.getByRole("radio", { name: "titles, days and moods, not the texts" }).check();
  await journal.getByText(/shows \d+/).waitFor();
}

/** Made-up people of the report, each with a week of days. */
const PEOPLE = [
  ["anna", "adhd-student"],
  ["ben", "busy-parent"],
  ["maya", "freelancer"],
  ["kai", "gardener"],
  ["tomas", "retired-teacher"],
  ["ines", "nurse"],
].map(([name = "", archetype = ""], at) =>
  persona(name, { archetype, ticks: [0, 1, 2, 3, 4, 5, 6].map((daysAgo) => tick(daysAgo + at)) })
);

/**
 * The report of the personas, with days that are made up: a real day differs at each run. Of the documents alone: it is for whoever runs
 * an installation, and nobody who is shown a listing ever sees it.
 */
function serveReport() {
  const routes = createReportRoutes({
    askReport: () => Promise.resolve({ ok: true, report: report(PEOPLE) }),
    describeRunner: () => ({ brain: "scripted", seed: 1, isPaused: false }),
  });
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (request) => routes.fetch(request),
  );
  return { origin: `http://127.0.0.1:${server.addr.port}/`, [Symbol.asyncDispose]: () => server.shutdown() };
}
