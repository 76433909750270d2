// A world with a person, a browser and the gateway's answers, for tests of views over the real tools.
import assert from "node:assert/strict";
import { z } from "zod";
import { MCP_URL, modernRequest } from "../../_support/mcp_request.ts";
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

/** Makes the place for the view of a tool: the view that the list of tools names, as a host would read it. */
export async function createViewPlace(tool: string): Promise<ViewPlace> {
  await using stack = new AsyncDisposableStack();
  const world = stack.use(await createWorld());
  const anna = await world.person("anna");
  const folder = stack.use(await temporaryFolder());
  const browser = stack.use(await openBrowser(folder.path));
  const call = callsOf(world.gateway, anna.token);
  const html = await readView(world, anna, tool);
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

/** Goes the way of a host: the list of tools, the address that the tool names, the document there. */
async function readView({ gateway }: World, { token }: Person, tool: string): Promise<string> {
  const ask = async (method: string, params: Record<string, unknown>) =>
    await (await gateway.fetch(modernRequest(token, method, params, { url: `${MCP_URL}?profile=daily` })))
      .json();
  const { result: { tools } } = Listed.parse(await ask("tools/list", {}));
  const uri = tools.find(({ name }) => name === tool)?._meta?.ui?.resourceUri;
  assert.ok(uri, `${tool} names no view`);
  const { result: { contents: [{ mimeType, text, _meta: { ui: { csp } } }] } } = Read.parse(
    await ask("resources/read", { uri }),
  );
  assert.equal(mimeType, "text/html;profile=mcp-app");
  // The host's policy in these tests allows no domain; so a view that declares one would be another view elsewhere.
  assert.deepEqual(Object.values(csp).flat(), []);
  return text;
}

const Listed = z.object({
  result: z.object({
    tools: z.array(z.object({
      name: z.string(),
      _meta: z.object({ ui: z.object({ resourceUri: z.string() }).optional() }).optional(),
    })),
  }),
});
const Read = z.object({
  result: z.object({
    contents: z.tuple([z.object({
      mimeType: z.string(),
      text: z.string(),
      _meta: z.object({ ui: z.object({ csp: z.record(z.string(), z.array(z.string())) }) }),
    })]),
  }),
});

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
