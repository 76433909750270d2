/** A world of several nodes with an app of Anna's that the person wants to be asked about, and that can show a form. */
import assert from "node:assert/strict";
import { callTool, type Result } from "../approvals/_approvals.ts";
import { type Connected, createConnected, tellOfGrant } from "../_support/connected.ts";
import { connect } from "../_support/oauth_flow.ts";
import { type Account, bearer, signIn } from "../_support/test_backend.ts";
import { type Node, SHARED } from "../_support/two_nodes.ts";

/** Creates it. */
export async function createAskedApp(env: Record<string, string> = SHARED): Promise<AskedApp> {
  const world = await createConnected(env);
  const owner = await signIn(world, "anna@mana.test");
  const url = "/api/v1/me/encryption-vault/init";
  await (await world.auth(url, { method: "POST", headers: bearer(owner) })).body?.cancel();
  const { access } = await connect(world, world.anna, { allow: ["todo", "notes"].flatMap(everything) });
  tellOfGrant(world, { ask_first: "write" });
  return Object.assign(world, { owner, app: access });
}

/** See {@link createAskedApp}. */
export type AskedApp = Connected & { readonly owner: Account; readonly app: string };

const everything = (module: string) =>
  ["read", "write", "destructive"].map((access) => `${module}:${access}`);

/** One call of the app at this node. */
export function callAt(
  world: AskedApp,
  node: Node,
  name: string,
  args: Record<string, unknown>,
  more: Record<string, unknown> = {},
): Promise<Result> {
  const capabilities = { elicitation: { form: {} } };
  return callTool(world, world.app, name, args, { capabilities, more, gateway: node.gateway });
}

/** The state of the question that the call is answered with. */
export async function stateOf(result: Promise<Result>): Promise<string> {
  const { requestState, ...rest } = await result;
  assert.ok(requestState, JSON.stringify(rest));
  return requestState;
}

/** The members of a request that brings the person's yes. */
export function yesTo(requestState: string) {
  return { requestState, inputResponses: { confirm: { action: "accept", content: {} } } };
}
