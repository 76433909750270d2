// A world with a person, a browser and the gateway's answers, for tests of views over the real tools.
import assert from "node:assert/strict";
import { temporaryFolder } from "../../_support/temporary_folder.ts";
import { createWorld, type Person, type World } from "../../_support/world.ts";
import { type Browser, openBrowser } from "../_chromium.ts";
import { callsOf, type CallTool, openViewHost, type ViewHost, type ViewHostOptions } from "../_view_host.ts";

/** Where a view is shown. The day of the world, and of the page, is Sunday, 1 March 2026. */
export interface ViewPlace extends AsyncDisposable {
  readonly world: World;
  readonly anna: Person;
  readonly browser: Browser;
  /** As Anna, with her own token. */
  readonly call: CallTool;
  /** Opens a host with the view as its tool answers now. */
  open(args?: Record<string, unknown>, more?: Partial<ViewHostOptions>): Promise<ViewHost>;
}

/** Makes the place for one view and the tool that it belongs to. */
export async function createViewPlace(html: string, tool: string): Promise<ViewPlace> {
  await using stack = new AsyncDisposableStack();
  const world = stack.use(await createWorld());
  const anna = await world.person("anna");
  const folder = stack.use(await temporaryFolder());
  const browser = stack.use(await openBrowser(folder.path));
  const call = callsOf(world.gateway, anna.token);
  const all = stack.move();
  return {
    world,
    anna,
    browser,
    call,
    async open(args = {}, more = {}) {
      const host = await openViewHost(browser, { html, call, now: world.clock.now, ...more });
      for (const view of host.views) await view.show(await call(tool, args), args);
      return host;
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

/** No view asks anybody for anything, and the policy had nothing to refuse. */
export function assertQuiet({ browser: { problems, origins } }: ViewPlace): void {
  assert.deepEqual(problems, []);
  assert.ok(
    [...origins].every((origin) => /^(http:\/\/127\.0\.0\.1:\d+|null)$/.test(origin)),
    [...origins].join(),
  );
}

/** Texts that would do something where they were taken for markup, or that are long. */
export const HOSTILE = [
  "<img src=x onerror=\"document.title='hit'\">",
  "</script><script>document.title='hit'</script>",
  "\u202eright to left\u202c אבגד",
  "${document.title='hit'} `x` &lt;b&gt;",
] as const;
