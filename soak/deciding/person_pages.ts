// A person at the pages of the sign-in server: a browser without scripts that signs in, looks at what an app asks, and presses buttons.
import {
  type Browser,
  type Changes,
  createBrowser,
  fieldsOf,
  type Page,
} from "../../tests/_support/browser.ts";
import type { Person } from "../people.ts";

/** The pages, as the person sees them. Nothing throws: a service that is being restarted is a page with a fault. */
export interface PersonPages {
  /** The page of one request of an app. */
  look(id: string): Promise<ShownRequest>;
  /** Presses a button of a page that was shown, as often as wanted. */
  press(shown: ShownRequest, decision: "yes" | "no"): Promise<ShownRequest>;
  /** Everything by the app of this name since a time. */
  previewSince(app: string, since: string): Promise<ShownUndo>;
  /** Calls by their ids. */
  previewCalls(calls: readonly string[]): Promise<ShownUndo>;
  undo(shown: ShownUndo): Promise<ShownUndo>;
}

/** A request of an app on its page. */
export interface ShownRequest {
  /** `refused`: the answer was not taken, since the page was not true any more. `fault`: a service is down, or said nothing. */
  readonly state: RequestState;
  readonly page: Page | null;
  /** Heading of the page, for the evidence. */
  readonly title: string;
}

/** Where a request stands, as far as its page tells. */
export type RequestState =
  | "open"
  | "refused"
  | "done"
  | "declined"
  | "expired"
  | "changed"
  | "unknown"
  | "fault";

/** An undo on its page. */
export interface ShownUndo {
  /** `refused`: the plan was not true any more, and the page shows another one. */
  readonly state: "plan" | "nothing" | "refused" | "done" | "fault";
  readonly page: Page | null;
  readonly title: string;
  /** Of a page with a button: the plan that it carries out. */
  readonly plan: string | null;
  /** What the plan puts back, in whatever words it is told. */
  readonly planned: string;
}

const REQUEST_PAGES: Readonly<Record<string, RequestState>> = {
  "It is done": "done",
  "You said no": "declined",
  "The time was over": "expired",
  "There is nothing left to do": "changed",
  "It may be done only in part": "unknown",
};
const APPROVALS = "/approvals";
const APPLY = "/activity/undo/apply";
const PREVIEW = "/activity/undo";

/** Opens a browser for the person, who signs in where a page asks for it. */
export function createPersonPages(issuer: string, person: Person): PersonPages {
  const browser = createBrowser(
    issuer,
    (request) => fetch(new Request(request, { redirect: "manual", signal: AbortSignal.timeout(PAGE_MS) })),
  );
  const open = (path: string) => signedIn(browser, person, path);

  const preview = async (changesOf: (page: Page) => Changes | null): Promise<ShownUndo> => {
    const page = await attempt(async () => {
      const activity = await open("/activity");
      const changes = changesOf(activity);
      return changes === null ? null : await browser.submit(activity, PREVIEW, changes);
    });
    return readUndo(page);
  };

  return {
    look: async (id) => readRequest(await attempt(() => open(`${APPROVALS}/${id}`))),
    async press({ page }, decision) {
      if (page === null) return readRequest(null);
      return readRequest(await attempt(() => browser.submit(page, APPROVALS, { decision })));
    },
    previewSince: (app, since) =>
      preview((page) => {
        const who = optionOf(page, app);
        return who === null ? null : { do: "since", who, at: since, call: undefined };
      }),
    previewCalls: (calls) => preview(() => ({ do: "calls", call: calls })),
    async undo({ page }) {
      if (page === null) return readUndo(null);
      return readUndo(await attempt(() => browser.submit(page, APPLY)));
    },
  };
}

/** Longer than a page waits for the gateway. */
const PAGE_MS = 60_000;

async function signedIn(browser: Browser, { email, password }: Person, path: string): Promise<Page> {
  const page = await browser.open(path);
  if (!page.html.includes('action="/sign-in"')) return page;
  return await browser.submit(page, "/sign-in", { email, password });
}

/** A page, or null where no answer came. */
async function attempt(go: () => Promise<Page | null>): Promise<Page | null> {
  try {
    return await go();
  } catch {
    return null;
  }
}

function readRequest(page: Page | null): ShownRequest {
  const title = titleOf(page);
  const hasForm = page !== null && fieldsOf(page, APPROVALS).has("item");
  const known = REQUEST_PAGES[title];
  if (known !== undefined) return { state: known, page, title };
  const isAsked = hasForm && / wants to /.test(title);
  return { state: !isAsked ? "fault" : page.status === 409 ? "refused" : "open", page, title };
}

function readUndo(page: Page | null): ShownUndo {
  const title = titleOf(page);
  const plan = page === null ? null : fieldsOf(page, APPLY).get("plan");
  const planned = /id="planned"([^]*?)(?:id="kept"|$)/.exec(page?.html ?? "")?.[1] ?? "";
  return { state: undoState(page, title, plan), page, title, plan, planned };
}

function undoState(page: Page | null, title: string, plan: string | null): ShownUndo["state"] {
  if (title === "It is undone" || title === "It is done again") return "done";
  if (page?.status === 409) return "refused";
  if (title === "There is nothing to undo") return "nothing";
  return plan !== null && page?.status === 200 ? "plan" : "fault";
}

function titleOf(page: Page | null): string {
  return /<h1>([^<]*)<\/h1>/.exec(page?.html ?? "")?.[1] ?? "";
}

/** The value by which the form names an app of the person. */
function optionOf({ html }: Page, name: string): string | null {
  for (const [, value = "", words = ""] of html.matchAll(/<option value="(app [^"]*)"[^>]*>([^<]*)</g)) {
    if (words.includes(name)) return value;
  }
  return null;
}
