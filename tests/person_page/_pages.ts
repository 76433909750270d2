// Two actions that do nothing, under the names of real ones, a world whose pages can ask for them, and page tokens that differ
// from a good one in one thing.
import assert from "node:assert/strict";
import { hash } from "node:crypto";
import { exportJWK, generateKeyPair, SignJWT } from "@panva/jose";
import { z } from "zod";
import { JWKS_COOLDOWN_MS } from "../../lib/kit/limits.ts";
import { definePersonAction, type PersonCall } from "../../lib/person_page/person_action.ts";
import type { GatewayAction } from "../../sign_in/gateway/actions.ts";
import { DecidedForm } from "../../sign_in/gateway/decided_form.ts";
import { createConnected } from "../_support/connected.ts";
import { connect, exchange, RESOURCE } from "../_support/oauth_flow.ts";
import { type Account, AUTH_URL, bearer, signIn } from "../_support/test_backend.ts";
import { createWorld, GATEWAY_URL, type World, type WorldOptions } from "../_support/world.ts";

/** What the actions were asked, and who by. */
export interface Played {
  readonly asked: { readonly word: string; readonly subject: string }[];
  /** What an action does before it answers; nothing by default. */
  act: ((call: PersonCall) => Promise<void> | void) | null;
}

/** The two actions, and what was asked of them. */
export function playedActions() {
  const played: Played = { asked: [], act: null };
  const action = (name: string, kind: "page" | "decision") =>
    definePersonAction({
      name,
      kind,
      input: z.strictObject({ word: z.string().max(10) }),
      async run({ word }, call) {
        played.asked.push({ word, subject: call.caller.principal.subject });
        await played.act?.(call);
        return { word, now: call.now };
      },
    });
  return { played, personActions: [action("activity/call", "page"), action("undo/apply", "decision")] };
}

/** A world with the two actions. */
export async function createPages(options: Partial<WorldOptions> = {}): Promise<World & WithPlayed> {
  const { played, personActions } = playedActions();
  const world = await createWorld({ hasPages: true, isStill: true, personActions, ...options });
  return Object.assign(world, { played });
}

/** What a world with the two actions has. */
export interface WithPlayed {
  readonly played: Played;
}

/** A world with the two actions, and with each token of Anna that somebody else may hold. */
export async function createConnectedPages() {
  const { played, personActions } = playedActions();
  const world = await createConnected({}, undefined, { hasPages: true, personActions });
  const person = await signIn(world, "anna@mana.test");
  const app = (await connect(world, world.anna)).access;
  const exchanged = await (await exchange(world, app)).json();
  const tokens = { anna: person.token, app, exchanged: Exchanged.parse(exchanged).access_token };
  return Object.assign(world, { played, person, tokens });
}

const Exchanged = z.object({ access_token: z.string() });

const Answer = z.object({ word: z.string(), now: z.number() });

/** The actions, as a page asks for them. */
export const SHOW: GatewayAction<"activity/call", { word: string }, z.infer<typeof Answer>> = {
  name: "activity/call",
  answer: Answer,
};
export const DECIDE: GatewayAction<"undo/apply", { word: string }, z.infer<typeof Answer>> = {
  name: "undo/apply",
  answer: Answer,
};

/** What the sign-in pages ask by. */
export function asker({ backend }: World) {
  assert.ok(backend.pages);
  return backend.pages;
}

/** A form of ours. */
export async function sentForm(): Promise<DecidedForm> {
  const request = new Request(`${AUTH_URL}/approvals`, { method: "POST", body: new URLSearchParams() });
  const form = await DecidedForm.read({ isOurs: () => Promise.resolve(true) }, request, () => "a purpose");
  assert.ok(form);
  return form;
}

/** A key that the sign-in server publishes as well, so that a test can sign what the server never would. */
export async function publishKey(world: World) {
  const { publicKey, privateKey } = await generateKeyPair("EdDSA", { crv: "Ed25519", extractable: true });
  const published = { ...await exportJWK(publicKey), kid: "the-tests-own", alg: "EdDSA" };
  // The page that came after signing in may have had the gateway ask for the keys: it asks again when some time has passed.
  world.clock.now += JWKS_COOLDOWN_MS;
  const before = world.intercept;
  world.intercept = async (request) => {
    if (new URL(request.url).pathname !== "/api/auth/jwks") return await before?.(request);
    const { keys } = z.object({ keys: z.array(z.unknown()) }).parse(
      await (await world.backend.auth.fetch(request)).json(),
    );
    return Response.json({ keys: [...keys, published] });
  };
  return (claims: Record<string, unknown>, header: Record<string, unknown> = {}) =>
    new SignJWT(claims).setProtectedHeader({ alg: "EdDSA", kid: "the-tests-own", ...header }).sign(
      privateKey,
    );
}

/** A body that both actions take. */
export const BODY = JSON.stringify({ word: "hello" });

/** The claims of a good page token. */
export function pageClaims(world: World, person: Pick<Account, "id">, changes: Record<string, unknown> = {}) {
  const iat = Math.floor(world.clock.now / 1000);
  return {
    iss: AUTH_URL,
    aud: `${RESOURCE}/person`,
    sub: person.id,
    action: "activity/call",
    body: hash("sha256", BODY, "base64url"),
    iat,
    exp: iat + 60,
    jti: "a",
    ...changes,
  };
}

/** What a path that is not there answers, and nothing but that is what a page without its token finds. */
export async function isNothing(world: World & WithPlayed, sent: Sent, fault: string): Promise<void> {
  const before = world.logLines.length;
  const nowhere = await send(world, { ...sent, action: "there/is/no/such" });
  const answer = await send(world, sent);
  assert.equal(answer.status, 404, answer.text);
  assert.equal(answer.text, nowhere.text);
  assert.deepEqual([...answer.headers], [...nowhere.headers]);
  assert.deepEqual(world.played.asked, []);
  const lines = world.logLines.slice(before).map((line) => Line.parse(JSON.parse(line)));
  assert.deepEqual(
    lines.map(({ event, reason, fault }) => [event, reason, fault]),
    [["refused", "page-token-refused", fault]],
  );
}

const Line = z.looseObject({ event: z.string(), reason: z.string(), fault: z.string() });

/** Sends to an action by hand. */
export async function send(
  world: World,
  { action = "activity/call", person, pageToken, body = BODY, method = "POST", headers = {} }: Sent,
) {
  const response = await world.gateway.fetch(
    new Request(`${GATEWAY_URL}/person/${action}`, {
      method,
      headers: {
        "content-type": "application/json",
        ...(person === undefined ? {} : bearer(person)),
        ...(pageToken === undefined ? {} : { "mana-page-token": pageToken }),
        ...headers,
      },
      ...(method === "POST" ? { body } : {}),
    }),
  );
  return { status: response.status, headers: response.headers, text: await response.text() };
}

interface Sent {
  readonly action?: string;
  readonly person?: Pick<Account, "token">;
  readonly pageToken?: string | undefined;
  readonly body?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}
