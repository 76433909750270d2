import assert from "node:assert/strict";
import { z } from "zod";
import { callHeaders, callMessage, initialize, postHeaders } from "../_support/mcp_request.ts";
import { createWorld, type Person, type WorldOptions } from "../_support/world.ts";
import { RECORD_ACTIONS } from "../../lib/tool/general/record_actions.ts";
import type { Tool } from "../../lib/tool/define_tool.ts";
import { MODULES } from "../../tools/modules.ts";
import { moduleOf, TOOLS } from "../_support/modules.ts";
import { createRecorder } from "../observe/_recorder.ts";
import { acceptedArguments, markedArguments, repairedArguments } from "./_arguments.ts";
import { createHostileTools } from "./_hostile_tools.ts";
import { assertUnmarked, createMark } from "./_marks.ts";

/** In what a person or a model writes, in what a client sends around it, in what a service answers. */
const WRITTEN = createMark("Written");
const SENT = createMark("Sent");
const ANSWERED = createMark("Answered");
const MARKS = [WRITTEN, SENT, ANSWERED];

const Created = z.object({ result: z.object({ structuredContent: z.record(z.string(), z.unknown()) }) });

/** A world that remembers everything that came out of it. */
async function createWatchedWorld(options: WorldOptions = {}, env: Record<string, string> = {}) {
  const recorder = createRecorder();
  const world = await createWorld({
    env: { POLICY_MODE: "log-only", MANA_SERVICE_KEY: `key-${SENT.text}`, ...env },
    trace: recorder.trace,
    ...options,
  });
  const heads: string[] = [];
  const errors: string[] = [];
  const watched = {
    world,
    /** One request with marks all around; returns its body. */
    async send(token: string, message: unknown, headers: Record<string, string> = {}): Promise<string> {
      const response = await world.gateway.fetch(
        new Request(`http://gateway.test/mcp?${SENT.text}=${SENT.text}`, {
          method: "POST",
          headers: {
            ...postHeaders(token),
            "user-agent": SENT.text,
            cookie: `session=${SENT.text}`,
            "x-forwarded-for": SENT.text,
            traceparent: SENT.text,
            tracestate: `${SENT.text}=${SENT.text}`,
            baggage: `${SENT.text}=${SENT.text}`,
            ...headers,
          },
          body: typeof message === "string" ? message : JSON.stringify(message),
        }),
      );
      const text = await response.text();
      heads.push(JSON.stringify([response.status, response.statusText, ...response.headers]));
      // The result of a call may hold what was asked for; an error may not hold anything but the id of the request,
      // which JSON-RPC wants, and the routing header that disagrees with the body, which the SDK quotes.
      if (response.status !== 200 || text.includes('"error":')) {
        const quoted = Object.entries(headers).find(([name]) =>
          /^mcp-(protocol-version|method|name)$/.test(name)
        );
        errors.push(
          text.replaceAll(`"id":"${SENT.text}"`, '"id":null').replaceAll(quoted?.[1] ?? "\0", "quoted"),
        );
      }
      return text;
    },
    async call(person: Person, name: string, args: unknown): Promise<string> {
      return await watched.send(person.token, markedCall(name, args), callHeaders(person.token, name));
    },
    /** Everything but the results themselves. */
    async leavings(): Promise<Record<string, string>> {
      const pages: string[] = [];
      for (const path of ["/metrics", "/health", "/ready"]) {
        pages.push(await (await world.gateway.fetch(new Request(`http://gateway.test${path}`))).text());
      }
      return {
        "the log": world.logLines.join("\n"),
        "response headers": heads.join("\n"),
        "error bodies": errors.join("\n"),
        "metrics, health, readiness": pages.join("\n"),
        "spans": JSON.stringify([recorder.spans, recorder.operations]),
      };
    },
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
  return watched;
}

/** A call by a client whose id, name and trace are marks. */
function markedCall(name: string, args: unknown) {
  const clientInfo = { name: SENT.text, version: SENT.text };
  const meta = { "io.modelcontextprotocol/clientInfo": clientInfo, traceparent: SENT.text };
  return { ...callMessage(name, args, meta), id: SENT.text };
}

/** Runs `work` with every wait of a second or more cut to a moment. */
async function withoutPatience<T>(work: () => Promise<T>): Promise<T> {
  const { setTimeout: real } = globalThis;
  Object.assign(globalThis, {
    setTimeout: (run: () => void, ms = 0) => real(run, ms >= 1_000 ? 5 : ms),
  });
  try {
    return await work();
  } finally {
    Object.assign(globalThis, { setTimeout: real });
  }
}

async function idsOf(watched: Awaited<ReturnType<typeof createWatchedWorld>>, person: Person) {
  const ids = new Map<string, string>();
  for (const [module, args] of Object.entries({ habits: {}, todo: {}, notes: {} })) {
    const text = await watched.call(person, `${module}.create`, { title: WRITTEN.text, ...args });
    const [record] = Object.values(Created.parse(JSON.parse(text)).result.structuredContent);
    ids.set(module, z.object({ id: z.string() }).parse(record).id);
  }
  return ids;
}

/** Makes a call that fits, as a client that reads refusals does; whether it was carried out, what it showed, and an id in it. */
async function acceptedCall(
  watched: Awaited<ReturnType<typeof createWatchedWorld>>,
  person: Person,
  tool: Tool,
  id: string | undefined,
): Promise<{ readonly isDone: boolean; readonly text: string; readonly id?: string | undefined }> {
  let args: Record<string, unknown> | null = acceptedArguments(tool, WRITTEN.text, id ?? "");
  if (id === undefined) delete args["id"];
  let text = "";
  for (let round = 0; round < 12 && args !== null; round++) {
    text = await watched.call(person, tool.name, args);
    const { result } = Answered.parse(JSON.parse(text));
    if (result === undefined) break;
    if (result.isError !== true) {
      return {
        isDone: true,
        text,
        id: /"id":"([^"]+)"/.exec(JSON.stringify(result.structuredContent))?.[1],
      };
    }
    const words = result.content.map(({ text }) => text).join(" ").replace("The arguments are invalid: ", "");
    args = repairedArguments(args, words, WRITTEN.text);
  }
  return { isDone: false, text };
}

const Answered = z.looseObject({
  result: z.looseObject({
    isError: z.boolean().optional(),
    content: z.array(z.looseObject({ text: z.string().optional() })),
    structuredContent: z.looseObject({}).optional(),
  }).optional(),
});
/** What is made first can be read, and is deleted last. */
const RANK = { write: 0, read: 1, destructive: 2 } as const;

Deno.test("marks in every field of every tool: in the result that was asked for and nowhere else", async () => {
  const unasked = TOOLS.filter(({ access }) => access === "destructive").map(({ name }) => name).join(",");
  await using watched = await createWatchedWorld({}, { DESTRUCTIVE_TOOLS: unasked });
  const anna = await watched.world.person("anna");
  const ids = await idsOf(watched, anna);
  let shown = 0;
  let done = 0;
  for (const tool of TOOLS.toSorted((a, b) => RANK[a.access] - RANK[b.access])) {
    const { isDone, text, id } = await acceptedCall(watched, anna, tool, ids.get(tool.module));
    if (text.includes(WRITTEN.text)) shown += 1;
    if (isDone) done += 1;
    if (id !== undefined && !ids.has(tool.module)) ids.set(tool.module, id);
    await watched.call(anna, tool.name, markedArguments(tool, WRITTEN.text));
    await watched.call(anna, tool.name, { id: WRITTEN.text });
    await watched.call(anna, tool.name, { cursor: WRITTEN.text });
    for (const odd of [WRITTEN.text, [WRITTEN.text], 7]) await watched.call(anna, tool.name, odd);
  }
  assert.ok(done >= 0.7 * TOOLS.length, `only ${done} of ${TOOLS.length} tools were carried out`);
  // The general tools hand arguments on: as their own, as those of the tool that they stand for, and where they stand for none.
  const values = { title: WRITTEN.text, content: WRITTEN.text, [WRITTEN.text]: WRITTEN.text };
  for (const action of RECORD_ACTIONS) {
    for (const module of ["notes", WRITTEN.text]) {
      for (const more of [{}, { verb: WRITTEN.text }, { space: WRITTEN.text }]) {
        const given = { module, values, filter: values, options: values, query: WRITTEN.text, ...more };
        await watched.call(anna, `records.${action}`, given);
        const fitting = action === "create" || action === "update"
          ? { values: { title: WRITTEN.text, content: WRITTEN.text } }
          : { query: WRITTEN.text };
        await watched.call(anna, `records.${action}`, { module, id: ids.get(module), ...fitting, ...more });
      }
    }
  }
  await watched.call(anna, "modules.list", { module: WRITTEN.text });
  await watched.call(anna, WRITTEN.text, {});
  assert.ok(shown >= 5, "the marks went in and came back");
  assertUnmarked(MARKS, await watched.leavings());
  const sealed = watched.world.upstreamCalls.map(({ url, headers }) => JSON.stringify([url, ...headers]));
  assertUnmarked(MARKS, { "addresses and headers of upstream requests": sealed.join("\n") });
});

Deno.test("marks in tokens, headers, names and ids of a request: nowhere", async () => {
  await using watched = await createWatchedWorld();
  const { world } = watched;
  const anna = await world.person("anna");
  const part = new TextEncoder().encode(JSON.stringify({ alg: "none", kid: SENT.text, sub: SENT.text }))
    .toBase64({ alphabet: "base64url", omitPadding: true });
  for (
    const token of [SENT.text, `${SENT.text}.${SENT.text}.${SENT.text}`, `${part}.${part}.${SENT.text}`]
  ) await watched.send(token, markedCall("habits.list", {}));
  for (
    const name of [
      "x-mana-space",
      "x-mana-time-zone",
      "mcp-session-id",
      "mcp-protocol-version",
      "mcp-method",
      "mcp-name",
      "accept",
      "content-type",
      "content-encoding",
      "host",
      "origin",
      "last-event-id",
      "authorization",
    ]
  ) await watched.send(anna.token, markedCall("habits.list", {}), { [name]: SENT.text });
  for (
    const body of [
      SENT.text,
      `{"${SENT.text}":`,
      `{"jsonrpc":"2.0","id":1,"method":"${SENT.text}","params":{}}`,
      `{"jsonrpc":"2.0","id":1,"Method":"${SENT.text}","method":"tools/list"}`,
      `[{"${SENT.text}":1}]`,
    ]
  ) await watched.send(anna.token, body);
  for (const [method, path] of [[SENT.text, "/mcp"], ["GET", `/${SENT.text}`], ["DELETE", "/mcp"]] as const) {
    const headers = { authorization: `Bearer ${anna.token}`, "mcp-session-id": SENT.text };
    const response = await world.gateway.fetch(
      new Request(`http://gateway.test${path}`, { method, headers }),
    );
    assertUnmarked(MARKS, { [`${method} ${path}`]: await response.text() });
  }
  const marked = { ...initialize({ clientInfo: { name: SENT.text, version: SENT.text } }), id: SENT.text };
  await watched.send(anna.token, marked);
  const others = await watched.leavings();
  assertUnmarked(MARKS, others);
  for (const piece of anna.token.split(".")) {
    for (const [where, leaving] of Object.entries(others)) {
      assert.equal(leaving.includes(piece), false, where);
    }
  }
});

Deno.test("tools that crash with a mark in hand: nowhere", async () => {
  await using watched = await createWatchedWorld({
    modules: [...MODULES, moduleOf(...createHostileTools())],
  });
  const anna = await watched.world.person("anna");
  const strays: unknown[] = [];
  const strayed = Promise.withResolvers<void>();
  const stray = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    strays.push(event.reason);
    strayed.resolve();
  };
  addEventListener("unhandledrejection", stray);
  try {
    const answers: string[] = [];
    for (const tool of createHostileTools()) {
      answers.push(await watched.call(anna, tool.name, { text: WRITTEN.text }));
    }
    // The runtime tells of it when it comes to it, which may be after the answer.
    await strayed.promise;
    assert.equal(strays.length, 1);
    assertUnmarked([WRITTEN], { "results of crashes": answers.join("\n") });
  } finally {
    removeEventListener("unhandledrejection", stray);
  }
  assertUnmarked(MARKS, await watched.leavings());
  const errors = watched.world.logLines.map((line) => JSON.parse(line)).filter(({ level }) =>
    level === "error"
  );
  assert.ok(errors.length >= 5 && errors.every(({ reason }) => reason === "internal"));
});

/** How services answer badly, with the mark in everything they say. */
function badAnswers(): Record<string, () => Response | Promise<Response>> {
  const { text } = ANSWERED;
  const headers = { "x-served-by": text, "set-cookie": `a=${text}`, location: `http://${text}.test/${text}` };
  return {
    "an error": () => new Response(`pq: ${text}`, { status: 500, statusText: text, headers }),
    "a refusal": () => Response.json({ code: text, error: text, message: text }, { status: 403, headers }),
    "a token refusal": () => Response.json({ error: text }, { status: 401, headers }),
    "a redirect": () => new Response(text, { status: 307, headers }),
    "JSON of another shape": () =>
      Response.json({ [text]: text, keys: text, masterKey: text, changes: text }),
    "no JSON": () => new Response(`<html>${text}`, { headers: { "content-type": "text/html" } }),
    "a broken connection": () => Promise.reject(new TypeError(`connecting to ${text}: refused`)),
    "no answer": () => new Promise<Response>(() => {}),
  };
}

for (const [name, answer] of Object.entries(badAnswers())) {
  Deno.test(`services that answer with a mark: nowhere (${name})`, async () => {
    await using watched = await createWatchedWorld();
    const { world } = watched;
    const anna = await world.person("anna");
    const results: string[] = [];
    for (const part of ["/jwks", "/organization/list", "/pull?", "/encryption-vault/", "/sync/"]) {
      world.clock.now += 6 * 60_000;
      await anna.refresh();
      world.intercept = (request) => {
        if (!request.url.includes(part)) return undefined;
        const given = Promise.resolve(answer());
        const { signal } = request;
        return Promise.race([
          given,
          new Promise<Response>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
        ]);
      };
      await withoutPatience(async () => {
        for (const tool of ["spaces.list", "habits.list", "notes.create"]) {
          results.push(await watched.call(anna, tool, tool === "notes.create" ? { title: "a" } : {}));
        }
      });
    }
    assertUnmarked(MARKS, { results: results.map((text) => text.replaceAll(SENT.text, "")).join("\n") });
    assertUnmarked(MARKS, await watched.leavings());
  });
}

Deno.test("a marked master key: nowhere", async () => {
  await using watched = await createWatchedWorld();
  const { world } = watched;
  const anna = await world.person("anna");
  const raw = new TextEncoder().encode(ANSWERED.text.padEnd(32, "x")).slice(0, 32);
  world.intercept = ({ url }) =>
    url.endsWith("/encryption-vault/key")
      ? Response.json({ masterKey: raw.toBase64(), formatVersion: 1 })
      : undefined;
  const text = await watched.call(anna, "notes.create", { title: WRITTEN.text });
  assert.ok(text.includes(WRITTEN.text), text);
  world.intercept = ({ url }) =>
    url.endsWith("/encryption-vault/key")
      ? Response.json({ masterKey: `${ANSWERED.text}${raw.toBase64()}`, formatVersion: 1 })
      : undefined;
  world.clock.now += 6 * 60_000;
  const refused = await watched.call(anna, "notes.create", { title: "a" });
  assertUnmarked([ANSWERED], { "the refusal": refused, "all results": text });
  assertUnmarked(MARKS, await watched.leavings());
});

Deno.test("the search itself finds a mark in every form it looks for", () => {
  const { text } = WRITTEN;
  const bytes = (extra: string) => new TextEncoder().encode(`${extra}${text}${extra}`);
  const forms = [
    text,
    text.toUpperCase(),
    bytes("").toHex(),
    bytes("").toHex().toUpperCase(),
    bytes("a").toBase64(),
    bytes("ab").toBase64(),
    bytes("abc").toBase64({ alphabet: "base64url" }),
    [...bytes("")].map((byte) => `%${byte.toString(16).toUpperCase()}`).join(""),
  ];
  for (const form of forms) assert.notDeepEqual(WRITTEN.in(`before ${form} after`), [], form);
  assert.deepEqual(WRITTEN.in("nothing here, not even Sntl"), []);
});
