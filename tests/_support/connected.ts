import { createClock } from "../../lib/kit/clock.ts";
import { clockOf } from "./fake_clock.ts";
import assert from "node:assert/strict";
import { parseGrantableModules } from "../../backend/oauth/grants/grantable_modules.ts";
import { parseSettings } from "../../lib/settings/settings.ts";
import { createGateway, type Gateway } from "../../lib/gateway.ts";
import { createLog } from "../../lib/observe/log.ts";
import { hideStrictly } from "../../lib/kit/secret.ts";
import type { Module } from "../../lib/tool/define_module.ts";
import { grantableModules } from "../../scripts/grantable_modules.ts";
import { MODULES } from "../../tools/modules.ts";
import { modernRequest } from "./mcp_request.ts";
import type { Browser } from "./browser.ts";
import { createFlow, type Flow, ISSUER, RESOURCE } from "./oauth_flow.ts";

/** The gateway over an authorization server with a person and their browser, in one process. */
export interface Connected extends AsyncDisposable {
  readonly flow: Flow;
  readonly gateway: Gateway;
  readonly anna: Browser;
  readonly upstream: { readonly url: string; readonly authorization: string | null }[];
  readonly logLines: string[];
  /** Answers an upstream request in the service's place; null lets the service answer. */
  intercept: (request: Request) => Response | null;
  /** A 2026-07-28 request with this token. */
  rpc(
    token: string,
    method: string,
    params?: Record<string, unknown>,
    space?: string | null,
  ): Promise<Response>;
  /** A tool call's HTTP status and body. */
  call(
    token: string,
    name: string,
    args?: Record<string, unknown>,
  ): Promise<{ status: number; text: string }>;
}

const SERVICE_KEY = "a-service-key-of-the-tests";
const SYNC_URL = "http://localhost:3050";

/** Creates it. `env` are settings of the gateway on top of the usual ones. */
export async function createConnected(
  env: Record<string, string> = {},
  modules: readonly Module[] = MODULES,
): Promise<Connected> {
  const flow = await createFlow({
    gatewayAddresses: [RESOURCE],
    serviceKey: SERVICE_KEY,
    // What the task would write for these modules.
    modules: parseGrantableModules(JSON.parse(grantableModules(modules))),
  });
  const parsed = parseSettings({
    MANA_AUTH_URL: ISSUER,
    MANA_SYNC_URL: SYNC_URL,
    MANA_SERVICE_KEY: SERVICE_KEY,
    ...env,
  });
  assert.ok(parsed.ok, parsed.ok ? "" : parsed.problems.join("\n"));
  const upstream: Connected["upstream"] = [];
  const logLines: string[] = [];
  const gateway = createGateway({
    settings: parsed.settings,
    modules,
    version: "0.0.0-test",
    log: createLog({
      level: "debug",
      clock: clockOf(() => flow.test.clock.now),
      write: (line) => void logLines.push(line),
    }),
    fetch: async (input, init) => {
      const request = new Request(input, init);
      upstream.push({ url: request.url, authorization: request.headers.get("authorization") });
      const answered = world.intercept(request);
      if (answered !== null) return answered;
      const service = request.url.startsWith(ISSUER) ? "auth" : "sync";
      return await flow.test.backend[service].fetch(request);
    },
    clock: {
      ...createClock({ calendar: () => flow.test.clock.now, elapsed: () => flow.test.clock.now }),
      wait: () => Promise.resolve(),
    },
    newId: () => crypto.randomUUID(),
    random: () => 0,
    hide: hideStrictly,
  });
  const rpc: Connected["rpc"] = (token, method, params = {}, space = null) => {
    const headers: Record<string, string> = space === null ? {} : { "x-mana-space": space };
    return gateway.fetch(modernRequest(token, method, params, { headers, url: RESOURCE }));
  };
  const world: Connected = {
    flow,
    gateway,
    intercept: () => null,
    anna: await flow.personWithBrowser("anna"),
    upstream,
    logLines,
    rpc,
    async call(token, name, args = {}) {
      const response = await rpc(token, "tools/call", { name, arguments: args });
      return { status: response.status, text: await response.text() };
    },
    async [Symbol.asyncDispose]() {
      await gateway.stop();
      flow[Symbol.dispose]();
    },
  };
  return world;
}
