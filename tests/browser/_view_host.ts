// An app that shows views: a page in Chromium with each view in a sandboxed frame of an opaque origin, and behind it the official
// AppBridge, to which the page hands each message. The policy on the frame lets run what is in the document and nothing else.
import {
  AppBridge,
  type McpUiHostCapabilities,
  type McpUiHostContext,
} from "@modelcontextprotocol/ext-apps/app-bridge";
import type { Transport } from "@modelcontextprotocol/client";
import assert from "node:assert/strict";
import axe from "axe-core";
import type { Frame, Page } from "playwright-core";
import { z } from "zod";
import { modernRequest } from "../_support/mcp_request.ts";
import type { Browser } from "./_chromium.ts";
import { PICTURES } from "./_looks.ts";
import { until } from "./_until.ts";

/** A result as the bridge takes it. */
type CallToolResult = Parameters<AppBridge["sendToolResult"]>[0];

/** How a host hands calls on. */
export type CallTool = (name: string, args: Record<string, unknown>) => Promise<CallToolResult>;

/** What differs from a usual host, which hands calls on and opens links. */
export interface ViewHostOptions {
  readonly html: string;
  /** What a call of the view comes to. Throws Error for a JSON-RPC error. Absent: the host has no `serverTools`. */
  readonly call?: CallTool;
  readonly context?: McpUiHostContext;
  readonly capabilities?: McpUiHostCapabilities;
  /** Whether the person's browser opens links; true by default. */
  readonly opensLinks?: boolean;
  /** So many frames of the same view in one page; one by default. */
  readonly frames?: number;
  /** What the clock of the page begins with; the real time by default. */
  readonly now?: number;
}

/** A page with one view, or with several frames of the same one. */
export interface ViewHost extends AsyncDisposable {
  readonly page: Page;
  readonly views: readonly ShownView[];
  /** The first. */
  readonly view: ShownView;
}

/** One frame, as the host sees it. */
export interface ShownView {
  readonly frame: Frame;
  readonly bridge: AppBridge;
  /** Tools that the view has called, with their arguments. */
  readonly calls: readonly { readonly name: string; readonly args: Record<string, unknown> }[];
  readonly opened: readonly string[];
  /** Words that the view had for the model. */
  readonly told: readonly string[];
  readonly heights: readonly number[];
  /** Shows the result of a call of the model, with the arguments that it had. */
  show(result: CallToolResult, args?: Record<string, unknown>): Promise<void>;
}

/** Opens the page, and waits until each view has introduced itself. */
export async function openViewHost(browser: Browser, options: ViewHostOptions): Promise<ViewHost> {
  const { html, frames = 1, now } = options;
  const server = await serveView(html, frames);
  const page = await browser.context.newPage();
  if (now !== undefined) await page.clock.install({ time: now });
  const links = Array.from({ length: frames }, (_, index) => createLink(page, index, options));
  await page.exposeFunction("fromView", (index: number, text: string) => links[index]?.hear(text));
  const ready = Promise.all(links.map((link) => link.ready));
  await Promise.all(links.map((link) => link.connect()));
  await page.goto(server.url);
  await ready;
  const children = page.mainFrame().childFrames();
  const views = links.map((link, index): ShownView => {
    const frame = children[index];
    assert.ok(frame);
    return { ...link.shown, frame };
  });
  const [view] = views;
  assert.ok(view);
  return {
    page,
    views,
    view,
    async [Symbol.asyncDispose]() {
      await Promise.all(links.map(({ shown }) => shown.bridge.close()));
      await page.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** Calls of the view go to a gateway, with a person's token. */
export function callsOf(
  gateway: { fetch(request: Request): Promise<Response> },
  token: string,
  url?: string,
): CallTool {
  return async (name, args) => {
    const request = modernRequest(
      token,
      "tools/call",
      { name, arguments: args },
      url === undefined ? {} : { url },
    );
    const answer = Answer.parse(await (await gateway.fetch(request)).json());
    if (answer.result === undefined) throw new Error(answer.error?.message ?? "no result");
    return answer.result;
  };
}

const Result = z.looseObject({
  content: z.array(z.looseObject({ type: z.literal("text"), text: z.string() })),
  structuredContent: z.record(z.string(), z.unknown()).optional(),
  isError: z.boolean().optional(),
  _meta: z.record(z.string(), z.unknown()).optional(),
});
const Answer = z.looseObject({
  result: Result.transform(({ content, structuredContent, isError, _meta }) => ({
    content,
    ...(structuredContent === undefined ? {} : { structuredContent }),
    ...(isError === undefined ? {} : { isError }),
    ...(_meta === undefined ? {} : { _meta }),
  })).optional(),
  error: z.looseObject({ message: z.string() }).optional(),
});

/** The policy that a view has to live with: its own style and program, by their hashes, and pictures out of text. */
export async function policyOf(html: string): Promise<string> {
  const hash = async (pattern: RegExp) => {
    const text = pattern.exec(html)?.[1];
    assert.ok(text, "a view has one style and one program");
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
    return `'sha256-${digest.toBase64()}'`;
  };
  const script = await hash(/<script>([\s\S]*?)<\/script>/);
  const style = await hash(/<style>([\s\S]*?)<\/style>/);
  return `default-src 'none'; script-src ${script}; style-src ${style}; img-src data:`;
}

async function serveView(html: string, frames: number) {
  const policy = await policyOf(html);
  const page =
    '<!doctype html><html lang="en"><head><link rel="icon" href="data:,"><title>A chat</title><style>' +
    "html{background:#fff}html.dark{color-scheme:dark;background:#1f1f23}body{margin:16px}" +
    "iframe{display:block;width:100%;height:500px;border:0;margin:0 0 16px}</style></head><body>" +
    '<iframe title="View" sandbox="allow-scripts" src="/view"></iframe>'.repeat(frames) +
    "<script>const frames=[...document.querySelectorAll('iframe')];" +
    "addEventListener('message',(e)=>{const i=frames.findIndex((f)=>f.contentWindow===e.source);" +
    "if(i>=0)fromView(i,JSON.stringify(e.data))});" +
    "function toView(i,text){frames[i].contentWindow.postMessage(JSON.parse(text),'*')}</script></body></html>";
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const isView = new URL(request.url).pathname === "/view";
    return new Response(isView ? html : page, {
      headers: {
        "content-type": "text/html; charset=utf-8",
        ...(isView ? { "content-security-policy": policy } : {}),
      },
    });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}/`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function createLink(page: Page, index: number, options: ViewHostOptions) {
  const { call, context = {}, capabilities, opensLinks = true } = options;
  const ready = Promise.withResolvers<void>();
  const seen = {
    calls: [] as { name: string; args: Record<string, unknown> }[],
    opened: [] as string[],
    told: [] as string[],
    heights: [] as number[],
  };
  const bridge = new AppBridge(null, { name: "test-host", version: "1" }, {
    openLinks: {},
    updateModelContext: { text: {} },
    ...(call === undefined ? {} : { serverTools: {} }),
    ...capabilities,
  }, { hostContext: { theme: "light", locale: "en-GB", timeZone: "Europe/Berlin", ...context } });
  bridge.oninitialized = () => ready.resolve();
  bridge.onsizechange = ({ height }) => {
    if (height === undefined) return;
    seen.heights.push(height);
    void page.evaluate(`frames[${index}].style.height = "${height}px"`).catch(() => {});
  };
  bridge.onopenlink = ({ url }) => {
    if (opensLinks) seen.opened.push(url);
    return Promise.resolve({ isError: !opensLinks });
  };
  bridge.onupdatemodelcontext = ({ content = [] }) => {
    for (const block of content) if (block.type === "text") seen.told.push(block.text);
    return Promise.resolve({});
  };
  if (call !== undefined) {
    bridge.oncalltool = ({ name, arguments: args = {} }) => {
      seen.calls.push({ name, args });
      return call(name, args);
    };
  }
  const transport: Transport = {
    start: () => Promise.resolve(),
    close: () => Promise.resolve(),
    send: (message) =>
      page.evaluate(`toView(${index}, ${JSON.stringify(JSON.stringify(message))})`).then(() => {}),
  };
  const shown = {
    ...seen,
    bridge,
    async show(result: CallToolResult, args: Record<string, unknown> = {}) {
      await bridge.sendToolInput({ arguments: args });
      await bridge.sendToolResult(result);
    },
  };
  return {
    shown,
    ready: ready.promise,
    connect: () => bridge.connect(transport),
    // The bridge parses it as its own transport would.
    hear: (text: string) => transport.onmessage?.(JSON.parse(text)),
  };
}

/** Sizes and themes in which each view is looked at. */
const LOOKS = [320, 480, 760].flatMap((width) =>
  (["light", "dark"] as const).map((theme) => ({
    width,
    theme,
    ground: theme === "light" ? "#ffffff" : "#1f1f23",
  }))
);

/** Waits until an expression holds in a frame. Playwright's own `waitForFunction` asks again by eval, which the frame's policy forbids. */
export async function untilHolds(frame: Frame, expression: string): Promise<void> {
  await until(expression, () => frame.evaluate<boolean>(expression));
}

/** Takes a picture in each look, and asserts that nothing sticks out, that axe finds no fault, and that each target is 44 pixels high. */
export async function assertViewLooks({ page, view }: ViewHost, name: string): Promise<void> {
  for (const { width, theme, ground } of LOOKS) {
    await page.setViewportSize({ width: width + 32, height: 900 });
    await page.evaluate(`document.documentElement.classList.toggle("dark", ${theme === "dark"})`);
    await view.bridge.sendHostContextChange({ theme });
    await untilHolds(
      view.frame,
      `document.documentElement.dataset.theme === "${theme}" && document.documentElement.clientWidth === ${width}`,
    );
    const what = `${name}, ${width}, ${theme}`;
    await page.screenshot({ path: `${PICTURES}/view-${name}-${width}-${theme}.png`, fullPage: true });
    assert.equal(
      await view.frame.evaluate("document.documentElement.scrollWidth"),
      width,
      `${what}: sticks out`,
    );
    assert.deepEqual(await view.frame.evaluate(SMALL_TARGETS), [], `${what}: small targets`);
    assert.deepEqual(await faultsOf(view.frame, ground), [], what);
  }
}

const SMALL_TARGETS =
  `[...document.querySelectorAll("button,label,[tabindex]")].filter((one) => one.checkVisibility())
  .map((one) => [one.textContent, one.getBoundingClientRect()])
  .filter(([, { width, height }]) => height < 44 || width < 44).map(([text, { width, height }]) => text + width + "x" + height)`;

const Report = z.object({
  violations: z.array(z.object({
    id: z.string(),
    impact: z.string().nullish(),
    nodes: z.array(z.object({ html: z.string(), failureSummary: z.string().optional() })),
  })),
});

async function faultsOf(frame: Frame, ground: string): Promise<string[]> {
  // The ground is the host's, which axe in the frame cannot see.
  await frame.evaluate(`document.documentElement.style.background = "${ground}"`);
  await frame.evaluate(axe.source);
  const report = Report.parse(
    await frame.evaluate("axe.run({ preload: false, resultTypes: ['violations'] })"),
  );
  await frame.evaluate(`document.documentElement.style.background = ""`);
  return report.violations.filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary ?? ""}`));
}
