// A view on a world in which Anna's apps are connected: OAuth at an address where it is allowed, and requests with an
// app's token. Everything else is world.ts.
import { parseGrantable } from "../../sign_in/oauth/grants/grantable_modules.ts";
import type { Module } from "../../lib/tool/define_module.ts";
import { grantableModules } from "../../scripts/grantable_modules.ts";
import { MODULES } from "../../tools/modules.ts";
import { PROFILES } from "../../tools/profiles.ts";
import { PROMPTS } from "../../tools/prompts.ts";
import { VIEWS } from "../../tools/views.ts";
import { SKILLS } from "../../tools/skills/skills.ts";
import type { Browser } from "./browser.ts";
import { modernRequest } from "./mcp_request.ts";
import { connect, ISSUER, RESOURCE } from "./oauth_flow.ts";
import { makeTeam } from "./team.ts";
import { SERVICE_KEY, signIn } from "./test_backend.ts";
import { createWorld, type World, type WorldOptions } from "./world.ts";

/** Creates a world with Anna and her browser. `env` are settings of the gateway on top of the usual ones. */
export async function createConnected(
  env: Record<string, string> = {},
  modules: readonly Module[] = MODULES,
  pages: Pick<WorldOptions, "after" | "hasPages" | "personActions" | "profiles" | "sharedStore" | "views"> =
    {},
): Promise<Connected> {
  const world = await createWorld({
    profiles: PROFILES,
    views: VIEWS,
    ...pages,
    env: { MANA_SERVICE_KEY: SERVICE_KEY, ALLOWED_HOSTS: new URL(RESOURCE).hostname, ...env },
    modules,
    prompts: PROMPTS,
    skills: modules === MODULES ? SKILLS : [],
    hints: true,
    isStill: true,
    backend: {
      issuer: ISSUER,
      gatewayAddresses: [RESOURCE],
      // What the task would write for these modules.
      grantable: parseGrantable(JSON.parse(grantableModules(modules))),
    },
  });
  const rpc: Connected["rpc"] = (token, method, params = {}, space = null) => {
    const headers: Record<string, string> = space === null ? {} : { "x-mana-space": space };
    return world.gateway.fetch(modernRequest(token, method, params, { headers, url: RESOURCE }));
  };
  return Object.assign(world, {
    anna: await world.personWithBrowser("anna"),
    rpc,
    async call(token: string, name: string, args: Record<string, unknown> = {}) {
      const response = await rpc(token, "tools/call", { name, arguments: args });
      return { status: response.status, text: await response.text() };
    },
  });
}

/** Connects an app of Anna's that may do `allow` in one of her two shared spaces, `given`, and not in the other, `kept`. */
export async function connectToOneOfTwo(world: Connected, allow: readonly string[]) {
  const person = await signIn(world, "anna@mana.test");
  const given = await makeTeam(world, person);
  const kept = await makeTeam(world, person);
  const app = await connect(world, world.anna, { allow, where: "some", space: [given] });
  return { person, given, kept, ...app };
}

/** Lets the answer to whether a token is active have these members as well; undefined takes one away. */
export function tellOfGrant(world: Connected, members: Record<string, unknown>): void {
  world.intercept = async (request) => {
    if (!request.url.endsWith("/oauth/introspect")) return undefined;
    const answer = await world.backend.auth.fetch(request);
    return Response.json({ ...await answer.json(), ...members });
  };
}

/** A world with a person whose apps ask for access. */
export interface Connected extends World {
  readonly anna: Browser;
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
