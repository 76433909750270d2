// A browser without scripts, for the pages of the auth service: cookies, redirects, forms. It reads HTML as text.
import assert from "node:assert/strict";

/** A page as a browser without scripts has it. */
export interface Page {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly html: string;
  /** Where the page or the answer sends the browser, outside the service. */
  readonly leaves: string | undefined;
}

/** A browser with its own cookies. */
export interface Browser {
  readonly cookies: Map<string, string>;
  /** Follows redirects while they stay at the service. */
  open(url: string): Promise<Page>;
  /** Sends the page's form to `action` with its fields as they are, changed by `changes`. */
  submit(page: Page, action: string, changes?: Changes, headers?: Record<string, string>): Promise<Page>;
}

/** Fields of a form: one value, several, or none at all. */
export type Changes = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Creates a browser for one service. */
export function createBrowser(origin: string, fetch: (request: Request) => Promise<Response>): Browser {
  const cookies = new Map<string, string>();

  const go = async (request: Request): Promise<Page> => {
    if (cookies.size > 0) {
      request.headers.set("cookie", [...cookies].map(([name, value]) => `${name}=${value}`).join("; "));
    }
    const answer = await fetch(request);
    for (const line of answer.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/max-age=0/i.test(line) || value === "") cookies.delete(name);
      else cookies.set(name, value);
    }
    const location = answer.headers.get("location");
    if (location !== null) {
      await answer.body?.cancel();
      const next = new URL(location, request.url);
      if (next.origin === origin) return await go(new Request(next, { headers: { accept: "text/html" } }));
      return { url: request.url, status: answer.status, headers: answer.headers, html: "", leaves: location };
    }
    const html = await answer.text();
    if (answer.headers.get("content-type")?.startsWith("text/html")) assertWayOn(html, request.url);
    const refresh = /http-equiv="refresh" content="0;url=([^"]*)"/.exec(html)?.[1];
    return {
      url: request.url,
      status: answer.status,
      headers: answer.headers,
      html,
      leaves: refresh === undefined ? undefined : unescape(refresh),
    };
  };

  return {
    cookies,
    open: (url) => go(new Request(new URL(url, origin), { headers: { accept: "text/html" } })),
    submit(page, action, changes = {}, headers = {}) {
      const body = fieldsOf(page, action);
      for (const [name, value] of Object.entries(changes)) {
        body.delete(name);
        for (const one of typeof value === "string" ? [value] : value ?? []) body.append(name, one);
      }
      const init = { method: "POST", body, headers: { accept: "text/html", origin, ...headers } };
      return go(new Request(new URL(action, origin), init));
    },
  };
}

/** No page is a dead end: each has one heading, and in its content a link or a button that leads on. */
function assertWayOn(html: string, url: string): void {
  const [, content = ""] = /<main[^>]*>([^]*)<\/main>/.exec(html) ?? [];
  assert.match(content, /<a [^>]*href="|<button /, `${url}: a page without a way on`);
  assert.equal(html.split("<h1").length, 2, `${url}: one heading`);
}

/** The fields that a form would send: hidden ones, texts, and what is ticked. */
export function fieldsOf(page: Page, action: string): URLSearchParams {
  const form = page.html.split("<form").find((part) => part.includes(`action="${action}"`));
  const fields = new URLSearchParams();
  if (form === undefined) return fields;
  for (const [input] of form.split("</form>")[0]?.matchAll(/<input[^>]*>/g) ?? []) {
    const name = attribute(input, "name");
    const type = attribute(input, "type");
    if (name === undefined) continue;
    if ((type === "checkbox" || type === "radio") && !/\schecked/.test(input)) continue;
    fields.append(name, attribute(input, "value") ?? "");
  }
  for (const [select] of form.split("</form>")[0]?.matchAll(/<select[^]*?<\/select>/g) ?? []) {
    const options = [...select.matchAll(/<option[^>]*>/g)].map(([option]) => option);
    const chosen = options.find((option) => /\sselected/.test(option)) ?? options[0] ?? "";
    fields.append(attribute(select, "name") ?? "", attribute(chosen, "value") ?? "");
  }
  return fields;
}

function attribute(tag: string, name: string): string | undefined {
  const value = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1];
  return value === undefined ? undefined : unescape(value);
}

function unescape(text: string): string {
  return text.replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&lt;", "<").replaceAll(
    "&gt;",
    ">",
  )
    .replaceAll("&amp;", "&");
}
