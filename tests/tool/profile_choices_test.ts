/** Whatever a person allows an app: the list is short enough for every client, and reaches each module that was allowed. */
import assert from "node:assert/strict";
import { MAX_LISTED_TOKENS, MAX_LISTED_TOOLS } from "../../lib/kit/limits.ts";
import { createToolLists } from "../../lib/mcp/server/tool_lists.ts";
import type { Principal } from "../../lib/people/principal.ts";
import { type Access, isInScope } from "../../lib/people/scopes.ts";
import { grantableAccesses } from "../../lib/tool/define_module.ts";
import type { Tool } from "../../lib/tool/define_tool.ts";
import { listingTokens } from "../../lib/tool/listing_tokens.ts";
import { createOffer } from "../../lib/tool/offered.ts";
import { GROUPS } from "../../tools/groups.ts";
import { MODULES } from "../../tools/modules.ts";
import { PROFILES } from "../../tools/profiles.ts";
import { VIEWS } from "../../tools/views.ts";
import { TOOLS } from "../_support/modules.ts";
import { callerFor } from "../_support/request_context.ts";

const { registry, profiles } = createOffer(
  { modules: MODULES, profiles: PROFILES, views: VIEWS },
  "underscore",
);
const shows = (tool: Tool, { scopes }: Principal) => tool.scope !== "admin" && isInScope(scopes, tool);
const lists = createToolLists({ registry, profiles, gate: { shows } });
/** What was ever granted in one go. */
const KINDS: readonly (readonly Access[])[] = [["read"], ["read", "write"], ["read", "write", "destructive"]];

/** Checks the list of an app with these scopes; returns how many tools it has. */
function checkList(scopes: ReadonlySet<string>): number {
  const client = { id: "c", name: "App", appKey: "c", tokenId: "t", grantId: "g" };
  const principal = { ...callerFor("anna", "t").principal, scopes, client };
  const { tools } = lists.listFor(principal, null);
  const said = [...scopes].join(" ");
  assert.ok(tools.length <= MAX_LISTED_TOOLS, `${tools.length} tools: ${said}`);
  const tokens = listingTokens(tools);
  assert.ok(tokens <= MAX_LISTED_TOKENS, `${tokens} tokens: ${said}`);
  const listed = new Set(tools.flatMap(({ name }) => registry.getTool(name) ?? []));
  const general = new Set(
    [...listed].filter(({ standsFor }) => standsFor !== undefined).map(({ access }) => access),
  );
  for (const tool of TOOLS) {
    if (!shows(tool, principal)) assert.ok(!listed.has(tool), `${tool.name} is not allowed: ${said}`);
    else if (!listed.has(tool)) {
      assert.ok(general.has(tool.access), `${tool.name} cannot be reached: ${said}`);
    }
  }
  return tools.length;
}

function scopesOf(names: ReadonlySet<string>, kinds: readonly Access[]): ReadonlySet<string> {
  return new Set(
    MODULES.filter(({ name }) => names.has(name)).flatMap((module) =>
      grantableAccesses(module).filter((access) => kinds.includes(access)).map((access) =>
        `${module.name}:${access}`
      )
    ),
  );
}

Deno.test("each choice of groups has a list of at most 40 tools and 25,000 tokens that reaches every tool allowed", () => {
  for (let choice = 0; choice < 2 ** GROUPS.length; choice++) {
    const groups = new Set(GROUPS.filter((_, index) => choice & 2 ** index).map(({ name }) => name));
    const names = new Set(MODULES.filter(({ group }) => groups.has(group)).map(({ name }) => name));
    for (const kinds of KINDS) checkList(scopesOf(names, kinds));
  }
});

Deno.test("so has each single module, each with one access alone, and every module but one", () => {
  const all = new Set(MODULES.map(({ name }) => name));
  for (const { name } of MODULES) {
    for (const kinds of [...KINDS, ["write"], ["destructive"]] as const) {
      checkList(scopesOf(new Set([name]), kinds));
      checkList(scopesOf(all.difference(new Set([name])), kinds));
    }
  }
  assert.equal(checkList(new Set()), 0);
});

Deno.test("so has each profile, for an app that may do everything and for the person's own token", () => {
  const own = callerFor("anna", "t").principal;
  const scopes = scopesOf(new Set(MODULES.map(({ name }) => name)), ["read", "write", "destructive"]);
  const app = { ...own, scopes, client: { id: "c", name: "App", appKey: "c", tokenId: "t", grantId: "g" } };
  for (const profile of profiles.names) {
    for (const principal of [own, app]) {
      const { tools } = lists.listFor(principal, profile);
      assert.ok(tools.length <= MAX_LISTED_TOOLS, `${profile}: ${tools.length} tools`);
      const tokens = listingTokens(tools);
      assert.ok(tokens <= MAX_LISTED_TOKENS, `${profile}: ${tokens} tokens`);
    }
  }
});
