// A person with two apps, and what the pages of their sign-in server are shown of what the apps did.
import assert from "node:assert/strict";
import { z } from "zod";
import type { ActivityQuestion } from "../../sign_in/gateway/actions.ts";
import { GATEWAY_ACTIONS } from "../../sign_in/gateway/actions.ts";
import type { Call } from "../../sign_in/gateway/answers.ts";
import { type Connected, createConnected } from "../_support/connected.ts";
import { modernRequest } from "../_support/mcp_request.ts";
import { getCode, introspect, redeem, register, RESOURCE, tokensOf } from "../_support/oauth_flow.ts";
import { type Account, bearer, signIn } from "../_support/test_backend.ts";
import type { Person } from "../_support/world.ts";

/** A world with Anna, her vault, and two of her apps. */
export interface Apps extends Connected {
  readonly own: Person;
  readonly claude: App;
  readonly other: App;
}

/** A connected app. */
export interface App {
  readonly token: string;
  readonly key: string;
}

/** Creates such a world. */
export async function createApps(env: Record<string, string> = {}): Promise<Apps> {
  const world = await createConnected(env, undefined, { hasPages: true });
  const account = await signIn(world, "anna@mana.test");
  await openVault(world, account);
  const own = Object.assign(account, { personalSpace: await personalSpaceOf(world, account) });
  return Object.assign(world, {
    own,
    claude: await connectApp(world, "Claude", 1),
    other: await connectApp(world, "Cursor", 2),
  });
}

/** Gives somebody a vault. */
export async function openVault(world: Pick<Connected, "auth">, account: Account): Promise<void> {
  const init = await world.auth("/api/v1/me/encryption-vault/init", {
    method: "POST",
    headers: bearer(account),
  });
  assert.equal(init.status, 200, await init.text());
}

async function personalSpaceOf(world: Connected, account: Account): Promise<string> {
  const list = await world.auth("/api/auth/organization/list", { headers: { cookie: account.cookie } });
  const [first] = z.array(z.object({ id: z.string() })).parse(await list.json());
  assert.ok(first);
  return first.id;
}

async function connectApp(world: Connected, name: string, number: number): Promise<App> {
  const redirect = `http://127.0.0.1:3341${number}/callback`;
  const { client_id } = await register(world, { client_name: name, redirect_uris: [redirect] });
  const code = await getCode(world.anna, client_id, {}, { redirect_uri: redirect });
  const { access } = await tokensOf(await redeem(world, client_id, code, { redirect_uri: redirect }));
  const { app_key: key } = await introspect(world, access);
  return { token: access, key: z.string().parse(key) };
}

/** Calls a tool as an app, by another gateway than the one that pages ask; returns the structured result. */
export async function act(
  world: Connected,
  { token }: Pick<App, "token">,
  name: string,
  args: Record<string, unknown>,
  space?: string,
): Promise<Record<string, unknown>> {
  world.clock.now += 1_000;
  const given = space === undefined ? args : { ...args, space };
  const response = await world.sdkOnly.fetch(
    modernRequest(token, "tools/call", { name, arguments: given }, { url: RESOURCE }),
  );
  const text = await response.text();
  const line = text.split("\n").find((one) => one.startsWith("data: {"))?.slice(6) ?? text;
  const { result } = Answer.parse(JSON.parse(line));
  assert.ok(result.structuredContent, text);
  return result.structuredContent;
}

const Answer = z.object({
  result: z.looseObject({ structuredContent: z.record(z.string(), z.unknown()).optional() }),
});

/** What the page is shown. The last seven days, and both apps, unless told otherwise. */
export async function activity(world: Apps, changes: Partial<ActivityQuestion> = {}) {
  const shown = await world.backend.pages?.show(signedIn(world.own), GATEWAY_ACTIONS.activity, {
    apps: [world.claude.key, world.other.key],
    modules: null,
    ...lastDays(world, 7),
    ...changes,
  });
  assert.ok(shown?.ok, JSON.stringify(shown));
  return shown.answer;
}

/** One call with what it wrote. */
export async function unfold(world: Apps, unfolded: Pick<Call, "id"> | undefined) {
  assert.ok(unfolded);
  const { since } = lastDays(world, 7);
  return await world.backend.pages?.show(signedIn(world.own), GATEWAY_ACTIONS.activityCall, {
    call: unfolded.id,
    apps: [world.claude.key],
    modules: null,
    since,
  });
}

/** The days before now. */
export function lastDays({ clock }: Pick<Connected, "clock">, days: number) {
  const day = 24 * 60 * 60_000;
  return {
    since: new Date(clock.now - days * day).toISOString(),
    until: new Date(clock.now + 60_000).toISOString(),
  };
}

/** What a page knows of who is signed in. */
export function signedIn({ id }: Pick<Account, "id">) {
  return { userId: id, sessionId: "hers" };
}

/** What most tests look at. */
export function briefly(calls: readonly Call[]) {
  return calls.map(({ writer, app, tool, rows }) => [
    writer,
    app,
    tool,
    rows.map(({ op, record, title }) => `${op} ${record} ${title}`).join(", "),
  ]);
}
