// Views as MCP resources (MCP Apps, 2026-01-26, UI resource format): listed for callers that are shown a tool with the view, read by
// whoever is signed in. A view is text of ours without anything of a person: reading it is no call, so no policy, budget or ledger.
import type { CallRequest } from "../calls/call_request.ts";
import type { Principal } from "../people/principal.ts";
import type { Gate } from "../policy/gate.ts";
import type { ToolRegistry } from "../tool/tool_registry.ts";
import type { View } from "../tool/views/define_view.ts";
import type { ResourceEntry, ResourceRead, ResourceTemplate } from "./resource_entries.ts";

/** The views of a gateway. */
export interface ViewResources {
  /** The views of tools that the caller is shown, in the order of tools/views.ts. */
  list(principal: Principal): ResourceEntry[];
  /** The template of addresses, where the caller is shown a view. */
  templates(principal: Principal): ResourceTemplate[];
  /** Whether an address names a view that there is, of whatever gateway's day. */
  has(uri: string): boolean;
  /**
   * The present view, under the address that was asked for; null for any other address. Not only for callers that are shown a tool
   * with it: the frame of an old chat whose app may do less now has to open, and say so in words, when its call is refused.
   * What an address gives away is which views this version has, which its source says as well.
   */
  read(uri: string, era: CallRequest["era"]): ResourceRead | null;
  /** What may stand for a variable of {@link VIEW_TEMPLATE}, of the views that the caller is shown; null for no variable of it. */
  candidates(
    variable: string,
    settled: Readonly<Record<string, string>>,
    principal: Principal,
  ): string[] | null;
}

/** Addresses of views, those of earlier gateways among them (RFC 6570, level 1; no value needs encoding). */
export const VIEW_TEMPLATE = "ui://mana/{view}@{hash}";
/** What hosts of MCP Apps take. */
export const VIEW_MIME_TYPE = "text/html;profile=mcp-app";

/** Creates them. `origin` is the gateway's own, null where it is not known. */
export function createViewResources(
  { views, registry, gate, origin }: {
    readonly views: readonly View[];
    readonly registry: Pick<ToolRegistry, "tools">;
    readonly gate: Pick<Gate, "shows">;
    readonly origin: string | null;
  },
): ViewResources {
  const byName = new Map(views.map((view) => [view.name, { view, _meta: frameKeys(view, origin) }]));
  const find = (uri: string) => byName.get(ADDRESS.exec(uri)?.[1] ?? "");
  const shownTo = (principal: Principal) =>
    views.filter(({ name }) =>
      registry.tools.some((tool) => tool.view === name && gate.shows(tool, principal))
    );
  return Object.freeze({
    list: (principal: Principal) =>
      shownTo(principal).map(({ uri, name, title, description }) => ({
        uri,
        name,
        title,
        description,
        mimeType: VIEW_MIME_TYPE,
        // For hosts that look through a server's frames when they connect. What counts is what the read says.
        _meta: FRAME,
      })),
    templates: (principal: Principal) => shownTo(principal).length === 0 ? [] : [TEMPLATE],
    has: (uri: string) => find(uri) !== undefined,
    read(uri: string, era: CallRequest["era"]): ResourceRead | null {
      const found = find(uri);
      if (found === undefined) return null;
      const { view, _meta } = found;
      const contents = [{ uri, mimeType: VIEW_MIME_TYPE, text: view.html, _meta }];
      if (era === "legacy") return { contents };
      return {
        contents,
        ttlMs: uri === view.uri ? OWN_TTL_MS : EARLIER_TTL_MS,
        cacheScope: "public" as const,
      };
    },
    candidates(variable: string, settled: Readonly<Record<string, string>>, principal: Principal) {
      const shown = shownTo(principal);
      if (variable === "view") return shown.map(({ name }) => name);
      if (variable !== "hash") return null;
      return shown.filter(({ name }) => name === settled["view"]).map(({ hash }) => hash);
    },
  });
}

const ADDRESS = /^ui:\/\/mana\/([a-z_]+)@[0-9a-f]{12}$/;
const TEMPLATE: ResourceTemplate = Object.freeze({
  uriTemplate: VIEW_TEMPLATE,
  name: "view",
  title: "What hosts show beside a result",
  mimeType: VIEW_MIME_TYPE,
});

/** The document of an address with its own hash never changes: a day, since what stands beside it follows the settings. */
const OWN_TTL_MS = 24 * 60 * 60_000;
/** What an earlier address gives changes with each gateway. */
const EARLIER_TTL_MS = 5 * 60_000;

/**
 * `McpUiResourceMeta`: a frame that reaches nothing, said and not left out, since hosts have other defaults. No permission is asked
 * for. No `domain`: it is each host's own format, a view without requests needs no origin, and a host that reads another host's
 * value refuses the whole view.
 */
const FRAME = Object.freeze({
  ui: Object.freeze({
    csp: Object.freeze({ connectDomains: [], resourceDomains: [], frameDomains: [], baseUriDomains: [] }),
    // Views draw on a transparent ground.
    prefersBorder: true,
  }),
});

/** The same for hosts of either kind; ChatGPT demands an origin of each app that is submitted, and takes the operator's own. */
function frameKeys({ description }: View, origin: string | null): Readonly<Record<string, unknown>> {
  return Object.freeze({
    ...FRAME,
    "openai/widgetCSP": Object.freeze({ connect_domains: [], resource_domains: [] }),
    "openai/widgetDescription": description,
    ...(origin === null ? {} : { "openai/widgetDomain": origin }),
    "openai/widgetPrefersBorder": true,
  });
}
