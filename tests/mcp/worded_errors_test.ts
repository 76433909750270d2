/** What is left out may be sent as null, and what is wrong is told in our words, in both eras and on both paths. */
import assert from "node:assert/strict";
import { isJsonObject } from "../../lib/kit/json.ts";
import {
  initialize,
  legacyHeaders,
  messagesOf,
  modernHeaders,
  modernMessage,
  post,
  postHeaders,
} from "../_support/mcp_request.ts";
import { createWorld, type Person, type World } from "../_support/world.ts";

type Send = (method: string, params: unknown) => Promise<{ readonly status: number; readonly text: string }>;

/** Each way to a server: a session, no session, and 2026-07-28, in front of the SDK where a request is usual. */
async function ways(world: World, person: Person): Promise<ReadonlyMap<string, Send>> {
  const common = postHeaders(person.token);
  const all = new Map<string, Send>();
  for (const [path, gateway] of [["short", world.gateway], ["SDK", world.sdkOnly]] as const) {
    const send = async (headers: Record<string, string>, message: unknown) => {
      const response = await gateway.fetch(post(message, headers));
      const messages = response.status === 202 ? [] : await messagesOf(response);
      const text = JSON.stringify(messages).replace(
        /"(ttlMs|cacheScope|resultType|_meta|instructions)":.*$/,
        "",
      );
      return { status: response.status, text, session: response.headers.get("mcp-session-id") ?? "" };
    };
    const { session } = await send(
      common,
      initialize({
        capabilities: { roots: null, experimental: null },
        clientInfo: { name: "c", version: "1", title: null },
        _meta: null,
      }),
    );
    assert.notEqual(session, "", "null in initialize is absent");
    const bare = (method: string, params: unknown) => ({
      jsonrpc: "2.0",
      id: 1,
      method,
      ...(params === undefined ? {} : { params }),
    });
    all.set(
      `session, ${path}`,
      (method, params) => send(legacyHeaders(person.token, session), bare(method, params)),
    );
    all.set(`no session, ${path}`, (method, params) => send(common, bare(method, params)));
    all.set(`2026-07-28, ${path}`, (method, params) => {
      const given = isJsonObject(params) ? params : {};
      const body = modernMessage(method, given, { meta: { progressToken: null } });
      return send(modernHeaders(person.token, method, given), body);
    });
  }
  return all;
}

const SPACES = "mana://spaces/x/notes";

Deno.test("null for what is left out is the same as leaving it out", async () => {
  await using world = await createWorld({ hints: true });
  const anna = await world.person("anna");
  const same: readonly (readonly [string, unknown, unknown])[] = [
    ["tools/list", undefined, null],
    ["tools/list", {}, { cursor: null }],
    ["tools/list", {}, { _meta: null }],
    ["tools/call", { name: "spaces_list" }, { name: "spaces_list", arguments: null }],
    ["tools/call", { name: "habits_list", arguments: {} }, {
      name: "habits_list",
      arguments: { includeArchived: null, limit: null, cursor: null },
    }],
    ["tools/call", { name: "habits_list", arguments: {} }, {
      name: "habits_list",
      arguments: { limit: "", cursor: "" },
    }],
    ["tools/call", { name: "todo_complete", arguments: {} }, {
      name: "todo_complete",
      arguments: { id: null },
    }],
    ["resources/list", undefined, null],
    ["resources/list", {}, { cursor: null }],
    ["resources/templates/list", {}, { cursor: null }],
    ["resources/read", { uri: SPACES }, { uri: SPACES, requestState: null, inputResponses: null }],
    ["completion/complete", { ref: { type: "ref/resource", uri: "x" }, argument: { name: "a", value: "" } }, {
      ref: { type: "ref/resource", uri: "x" },
      argument: { name: "a", value: "" },
      context: null,
    }],
    ["prompts/list", {}, { cursor: null }],
    ["resources/read", {}, { uri: null }],
    ["tools/call", {}, { name: null }],
  ];
  for (const [way, send] of await ways(world, anna)) {
    for (const [method, absent, empty] of same) {
      const expected = await send(method, absent);
      assert.deepEqual(await send(method, empty), expected, `${way}: ${method} ${JSON.stringify(empty)}`);
    }
  }
});

Deno.test("no text of the schema library leaves: what is wrong with a request is told in our words", async () => {
  await using world = await createWorld({ hints: true });
  const anna = await world.person("anna");
  const wrong: readonly (readonly [string, unknown, string?])[] = [
    ["tools/list", { cursor: 7 }],
    ["tools/call", {}, "The params of tools/call are invalid: params.name: expected text."],
    ["tools/call", { name: 7 }, "The params of tools/call are invalid: params.name: expected text."],
    ["tools/call", { name: "spaces_list", arguments: [] }],
    ["tools/call", { name: "spaces_list", arguments: "x" }],
    ["tools/call", { name: "habits_create", arguments: { title: 7, color: "red", targetPerDay: 0.5, x: 1 } }],
    ["tools/call", { name: "journal_add", arguments: { content: "", mood: "fine", tags: [7, ""] } }],
    ["tools/call", { name: "todo_create", arguments: { title: null, priority: "x", dueDate: "soon" } }],
    ["resources/list", { cursor: {} }],
    ["resources/read", {}, "The params of resources/read are invalid: params.uri: expected text."],
    ["resources/read", { uri: 7 }],
    ["completion/complete", {}],
    ["completion/complete", { ref: { type: "x" }, argument: { name: 1, value: null } }],
    ["initialize", { protocolVersion: 7, capabilities: { roots: 7 }, clientInfo: [] }],
    ["resources/subscribe", {}],
    ["subscriptions/listen", {}],
  ];
  for (const [way, send] of await ways(world, anna)) {
    for (const [method, params, words] of wrong) {
      const { text } = await send(method, params);
      const what = `${way}: ${method} ${JSON.stringify(params)}: ${text}`;
      assert.match(text, /"error"|"isError":true/, what);
      assert.doesNotMatch(
        text,
        /Invalid input|invalid_|Too small|Too big|Unrecognized|Invalid option|\\n/,
        what,
      );
      if (words !== undefined) assert.ok(text.includes(words), what);
    }
  }
});
