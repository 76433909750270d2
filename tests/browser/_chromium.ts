import { type BrowserContext, chromium, type Page } from "playwright-core";
import { print } from "../../scripts/print.ts";

/** Debian's browser; `apt-get install chromium`. */
const CHROMIUM = "/usr/bin/chromium";
/** Nobody is there to be offered an update, and nothing may be asked of anyone but the services under test. */
const FLAGS = [
  "--no-sandbox", // the sandbox needs a user namespace, which build machines seldom allow
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
/** Longest wait for one thing on a page. */
const PATIENCE_MS = 10_000;

/** A person's browser: a clean profile, and what happened in it. */
export interface Browser extends AsyncDisposable {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Origins that were asked for anything. */
  readonly origins: ReadonlySet<string>;
  /** Errors in the console: scripts, and everything a content security policy refused. */
  readonly problems: readonly string[];
}

/** Options of a test that needs the browser: without it the test is left out, and says so. */
export async function browserOptions(): Promise<{ readonly ignore: boolean }> {
  try {
    await Deno.stat(CHROMIUM);
    return { ignore: false };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    print(`ignored: there is no ${CHROMIUM}; apt-get install chromium`);
    return { ignore: true };
  }
}

/** Opens the browser; everything of it stays below `folder`. */
export async function openBrowser(
  folder: string,
  { hasScripts = true }: { readonly hasScripts?: boolean } = {},
): Promise<Browser> {
  const place = `${await Deno.realPath(folder)}/browser-${crypto.randomUUID()}`;
  const context = await chromium.launchPersistentContext(`${place}/profile`, {
    executablePath: CHROMIUM,
    args: FLAGS,
    artifactsDir: `${place}/artifacts`,
    viewport: { width: 1024, height: 768 },
    javaScriptEnabled: hasScripts,
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const origins = new Set<string>();
  const problems: string[] = [];
  context.on("request", (request) => origins.add(new URL(request.url()).origin));
  context.on("console", (message) => {
    if (message.type() === "error") problems.push(`${message.location().url}: ${message.text()}`);
  });
  context.on("weberror", (error) => problems.push(String(error.error())));
  const page = context.pages()[0] ?? await context.newPage();
  return { context, page, origins, problems, [Symbol.asyncDispose]: () => context.close() };
}
