// A browser without scripts in the hands of one persona: cookies, redirects and forms, at one server alone. It tells nobody what it
// read or sent.
import { retryAfterMs } from "../kit/ask_service.ts";
import { type Clock, createDeadline } from "../kit/clock.ts";
import { readCapped } from "../kit/read_capped.ts";
import { SignInFault } from "./access.ts";
import { type FormEntry, writeForm } from "./fill_form.ts";
import { type PageContent, type PageForm, readPage } from "./read_page.ts";

/** A browser with cookies of its own. */
export interface PersonBrowser {
  /** Opens an address at the server. Throws {@link SignInFault} where no page comes. */
  open(address: string, signal: AbortSignal): Promise<Page>;
  /** Sends a form of a page, as a click on one of its buttons does. Throws {@link SignInFault}. */
  send(page: Page, form: PageForm, entries: readonly FormEntry[], signal: AbortSignal): Promise<Page>;
}

/** A page that came. */
export interface Page extends PageContent {
  readonly url: string;
  readonly status: number;
  /** Where the answer sends the browser, away from the server; such an address is read and never opened. */
  readonly leaves: string | undefined;
}

/** Creates a browser for the server at `origin`. Other servers are never asked, wherever a page points. */
export function createPersonBrowser(deps: PersonBrowserDeps, origin: string): PersonBrowser {
  const cookies = new Map<string, string>();
  const load = (url: URL, init: RequestInit, signal: AbortSignal) =>
    go(deps, { origin, cookies }, url, init, signal);
  const addressed = (address: string, base: string) => {
    const url = URL.canParse(address, base) ? new URL(address, base) : undefined;
    // A form that sends a password elsewhere is none of this server.
    if (url?.origin !== origin) throw new SignInFault("refused", "a page leads to another server");
    return url;
  };
  return {
    open: async (address, signal) => await load(addressed(address, origin), {}, signal),
    async send(page, form, entries, signal) {
      const url = addressed(form.action, page.url);
      if (form.method !== "POST") {
        throw new SignInFault("refused", "a form is sent in another way than by POST");
      }
      return await load(url, { method: "POST", body: writeForm(entries), headers: { origin } }, signal);
    },
  };
}

/** What a browser needs. */
export interface PersonBrowserDeps {
  readonly fetch: typeof fetch;
  readonly clock: Clock;
}

/** The browser's own part of a request. */
interface BrowserState {
  readonly origin: string;
  readonly cookies: Map<string, string>;
}

async function go(
  deps: PersonBrowserDeps,
  state: BrowserState,
  start: URL,
  init: RequestInit,
  signal: AbortSignal,
): Promise<Page> {
  let url = start;
  let next = init;
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    const { response, html } = await ask(deps, state, url, next, signal);
    const location = response.headers.get("location");
    const isSent = location !== null && response.status >= 300 && response.status < 400;
    const target = isSent && URL.canParse(location, url) ? new URL(location, url) : undefined;
    if (target?.origin !== state.origin) {
      const content = readPage(html);
      const leaves = target?.href ?? content.goesTo;
      return { ...content, url: url.href, status: response.status, leaves };
    }
    url = target;
    next = {};
  }
  throw new SignInFault("refused", "the pages send the browser around in a circle");
}

async function ask(
  { fetch, clock }: PersonBrowserDeps,
  { cookies }: BrowserState,
  url: URL,
  init: RequestInit,
  signal: AbortSignal,
): Promise<{ readonly response: Response; readonly html: string }> {
  const headers = new Headers({ ...NAVIGATION, ...init.headers });
  if (cookies.size > 0) {
    headers.set(
      "cookie",
      [...cookies].map(([name, value]) => `${name}=${value}`).join("; "),
    );
  }
  const deadline = createDeadline(clock, PAGE_MS, [signal]);
  try {
    const response = await fetch(url, { ...init, headers, redirect: "manual", signal: deadline.signal });
    for (const line of response.headers.getSetCookie()) keepCookie(cookies, line, clock);
    const html = await readCapped(response, MAX_PAGE_CHARACTERS);
    if (response.status === 429) {
      throw new SignInFault("wait", "the pages are asked too often", retryAfterMs(response));
    }
    if (response.status >= 500 || html === undefined) {
      throw new SignInFault("away", `the pages answer ${response.status}`);
    }
    return { response, html };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof SignInFault) throw error;
    throw new SignInFault("away", "the pages do not answer");
  } finally {
    deadline.end();
  }
}

/** Cookies of one host, for all its paths: what the pages set. One that ends at once is taken away. */
function keepCookie(cookies: Map<string, string>, line: string, clock: Clock): void {
  const [, name, value = ""] = /^\s*([^=;\s]+)=([^;]*)/.exec(line) ?? [];
  if (name === undefined) return;
  const maxAge = /;\s*max-age=(-?\d+)/i.exec(line)?.[1];
  const expires = /;\s*expires=([^;]+)/i.exec(line)?.[1];
  const isOver = maxAge === undefined
    ? expires !== undefined && Date.parse(expires) <= clock.calendar()
    : Number(maxAge) <= 0;
  if (isOver) cookies.delete(name);
  else cookies.set(name, value.trim());
}

/** What a browser says when a person opens a page or presses a button of it. */
const NAVIGATION = {
  accept: "text/html",
  "sec-fetch-dest": "document",
  "sec-fetch-mode": "navigate",
  "sec-fetch-site": "same-origin",
} as const;

const PAGE_MS = 20_000;
const MAX_REDIRECTS = 10;
/** The longest page, with thousands of spaces, is far below. */
const MAX_PAGE_CHARACTERS = 1_000_000;
