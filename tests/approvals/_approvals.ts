// A world in which Anna's app asks her on her own page: calls by an app that can show no form, and the page's requests as the sign-in
// server makes them.
import assert from "node:assert/strict";
import { z } from "zod";
import type { Module } from "../../lib/tool/define_module.ts";
import { GATEWAY_ACTIONS, type GrantNow } from "../../sign_in/gateway/actions.ts";
import type { Approval } from "../../sign_in/gateway/answers.ts";
import { DecidedForm } from "../../sign_in/gateway/decided_form.ts";
import { type Connected, createConnected } from "../_support/connected.ts";
import { modernRequest } from "../_support/mcp_request.ts";
import type { Changes } from "../_support/browser.ts";
import { connect, getCode, ISSUER, redeem, register, RESOURCE, tokensOf } from "../_support/oauth_flow.ts";
import { type Account, signIn } from "../_support/test_backend.ts";
import { createWorld, type Person, type World } from "../_support/world.ts";

/** A world whose sign-in server has the page, with an own token of Anna's. */
export async function createPageWorld(): Promise<World & { readonly anna: Person }> {
  const world = await createWorld({ hasPages: true, isStill: true });
  return Object.assign(world, { anna: await world.person("anna") });
}

/** The same with an app of Anna's that may do everything. */
export async function createAppWorld(
  env: Record<string, string> = {},
  modules?: readonly Module[],
): Promise<AppWorld> {
  const world = await createConnected(env, modules, { hasPages: true });
  const owner = await signIn(world, "anna@mana.test");
  await (await world.auth("/api/v1/me/encryption-vault/init", {
    method: "POST",
    headers: { authorization: `Bearer ${owner.token}` },
  })).body?.cancel();
  return Object.assign(world, {
    owner,
    app: (await connect(world, world.anna, { allow: ["notes:read", "notes:write", "notes:destructive"] }))
      .access,
  });
}

/** See {@link createAppWorld}. */
export type AppWorld = Connected & {
  /** Anna, with a token of her own. */
  readonly owner: Account;
  /** The app's access token. */
  readonly app: string;
};

/** Connects an app of another name; returns its access token. */
export async function connectAs(world: AppWorld, name: string, choice: Changes): Promise<string> {
  const { client_id: clientId } = await register(world, { client_name: name });
  const code = await getCode(world.anna, clientId, choice);
  return (await tokensOf(await redeem(world, clientId, code))).access;
}

const Result = z.looseObject({
  content: z.array(z.looseObject({ text: z.string() })).optional(),
  structuredContent: z.record(z.string(), z.unknown()).optional(),
  isError: z.boolean().optional(),
  resultType: z.string().optional(),
  inputRequests: z.looseObject({ confirm: z.looseObject({ params: z.looseObject({}) }) }).optional(),
  requestState: z.string().optional(),
});
/** The result of a call as it is on the wire. */
export type Result = z.infer<typeof Result>;

/** One call by a client that declares nothing, unless told otherwise. */
export async function callTool(
  world: World,
  token: string,
  name: string,
  args: Readonly<Record<string, unknown>>,
  { capabilities = {}, more = {}, gateway = world.gateway }: CallOptions = {},
): Promise<Result> {
  const response = await gateway.fetch(
    modernRequest(token, "tools/call", { name, arguments: args, ...more }, {
      url: RESOURCE,
      meta: { "io.modelcontextprotocol/clientCapabilities": capabilities },
    }),
  );
  const text = await response.text();
  assert.equal(response.status, 200, text);
  return z.object({ result: Result }).parse(JSON.parse(text)).result;
}

/** See {@link callTool}. */
export interface CallOptions {
  readonly capabilities?: Readonly<Record<string, unknown>>;
  /** Further members of the request, such as an answer to a question. */
  readonly more?: Readonly<Record<string, unknown>>;
  readonly gateway?: World["gateway"];
}

/** What a call that must succeed answers. */
export async function done(result: Promise<Result>): Promise<Record<string, unknown>> {
  const { structuredContent, ...rest } = await result;
  assert.ok(structuredContent, JSON.stringify(rest));
  return structuredContent;
}

/** The words of a refusal. */
export async function refusal(result: Promise<Result>): Promise<string> {
  const { isError, content = [], ...rest } = await result;
  assert.equal(isError, true, JSON.stringify(rest));
  assert.ok(!("structuredContent" in rest));
  return content.map(({ text }) => text).join("\n");
}

/** The link in the words of a refusal, and the id in it. */
export async function linkIn(
  result: Promise<Result>,
): Promise<{ readonly url: string; readonly id: string }> {
  const words = await refusal(result);
  const [url = "", issuer, id = ""] = /(https?:\/\/\S+?)\/approvals\/([0-9a-f]{32})/.exec(words) ?? [];
  assert.ok(issuer, words);
  return { url, id };
}

/** The page as the sign-in server asks for it. */
export function pageOf({ backend, clock }: World, { id: userId }: Pick<Account, "id">) {
  const { pages } = backend;
  assert.ok(pages);
  const person = { userId, sessionId: "hers" };
  return {
    async list(): Promise<Approval[]> {
      const shown = await pages.show(person, GATEWAY_ACTIONS.approvalsList, {});
      assert.ok(shown.ok, JSON.stringify(shown));
      return shown.answer.approvals;
    },
    async read(id: string) {
      return await pages.show(person, GATEWAY_ACTIONS.approvalsRead, { id });
    },
    /** A click on the page that showed `approval`. */
    async decide(approval: Approval, decision: "yes" | "no", changes: Partial<Click> = {}) {
      const { id, diff, grantId } = approval;
      const grant = grantId === "" ? null : { isLive: true, scope: "mana:read mana:write mana:destructive" };
      const click = { id, diff, decision, shownAt: new Date(clock.now).toISOString(), grant, ...changes };
      return await pages.decide(person, GATEWAY_ACTIONS.approvalsDecide, click, await sentForm());
    },
  };
}

/** What a click sends. */
export interface Click {
  readonly id: string;
  readonly diff: string;
  readonly shownAt: string;
  readonly grant: GrantNow | null;
}

/** The one open approval on the page. */
export async function onlyOpen(world: World, person: Pick<Account, "id">): Promise<Approval> {
  const [approval, ...more] = (await pageOf(world, person).list()).filter(({ status }) => status === "open");
  assert.ok(approval);
  assert.deepEqual(more, []);
  return approval;
}

async function sentForm(): Promise<DecidedForm> {
  const request = new Request(`${ISSUER}/approvals`, { method: "POST", body: new URLSearchParams() });
  const form = await DecidedForm.read({ isOurs: () => Promise.resolve(true) }, request, () => "a purpose");
  assert.ok(form);
  return form;
}
