import assert from "node:assert/strict";
import { createToolRegistry } from "../../lib/tool/tool_registry.ts";
import { homePage, type HomePageData } from "../../lib/web/home_page.ts";
import { MODULES } from "../../tools/modules.ts";
import { VIEWS } from "../../tools/views.ts";

Deno.test("the home page names tools in its texts as clients see them, in either spelling", async () => {
  for (const [spelling, named] of [["underscore", "notes_search"], ["dotted", "notes.search"]] as const) {
    const page = await homePage({
      version: "1",
      mcpUrl: "http://gateway.test/mcp",
      readiness: { ready: true, upstreams: { auth: "ok", sync: "ok" } },
      signInProblem: null,
      modules: MODULES,
      prompts: [],
      registry: createToolRegistry(MODULES.flatMap(({ tools }) => tools), spelling, VIEWS),
      confinement: {
        confined: true,
        allowed: { net: [], read: [], write: [], run: [], ffi: [], sys: [], env: [], import: [] },
        excesses: [],
        missing: [],
      },
    }, "n");
    assert.ok(page.includes(`<code>${named}</code>`), named);
    assert.ok(
      MODULES.some(({ tools }) => tools.some(({ description }) => /\{[a-z]+\.[a-z_]+\}/.test(description))),
    );
    assert.doesNotMatch(page, /\{[a-z]+\.[a-zA-Z_]+\}/);
    // The schemas of all tools would be written for each who asks.
    assert.ok(!page.includes("additionalProperties") && page.length < 200_000, String(page.length));
  }
});

/** The page of a gateway at `mcpUrl`. */
async function pageAt(mcpUrl: string, more: Partial<HomePageData> = {}): Promise<string> {
  return await homePage({
    version: "1",
    mcpUrl,
    readiness: { ready: true, upstreams: { auth: "ok", sync: "ok" } },
    signInProblem: null,
    modules: MODULES,
    prompts: [],
    registry: createToolRegistry([], "underscore"),
    confinement: {
      confined: true,
      allowed: { net: [], read: [], write: [], run: [], ffi: [], sys: [], env: [], import: [] },
      excesses: [],
      missing: [],
    },
    ...more,
  }, "n");
}

const PUBLIC = "https://mana.test/base/mcp";

/** The texts to paste for each client, by the id of its choice. */
function pasted(page: string): Record<string, string[]> {
  return Object.fromEntries(
    page.split('name="client" id="client-').slice(1).map((part) => [
      part.slice(0, part.indexOf('"')),
      [...part.matchAll(/<pre>([^<]*)<\/pre>/g)].map(([, text = ""]) => text.replaceAll("&quot;", '"')),
    ]),
  );
}

Deno.test("home page: one choice of the client, the first is chosen, each has a name, words and what to paste", async () => {
  const page = await pageAt(PUBLIC);
  const texts = pasted(page);
  assert.deepEqual(Object.keys(texts), [
    "claude-code",
    "claude",
    "chatgpt",
    "cursor",
    "vscode",
    "codex",
    "gemini",
    "opencode",
    "others",
  ]);
  assert.equal(page.match(/name="client"[^>]*checked/g)?.length, 1);
  assert.equal(page.split("<h1").length, 2);
  const server = { type: "http", url: PUBLIC };
  assert.deepEqual(texts["claude-code"], [`claude mcp add --transport http mana ${PUBLIC}`]);
  assert.deepEqual(texts["claude"], [PUBLIC]);
  assert.deepEqual(texts["chatgpt"], [PUBLIC]);
  assert.deepEqual(texts["codex"], [`codex mcp add mana --url ${PUBLIC}`, "codex mcp login mana"]);
  assert.deepEqual(texts["gemini"], [`gemini mcp add --scope user --transport http mana ${PUBLIC}`]);
  const parsed = (id: string) => texts[id]?.map((text) => JSON.parse(text));
  assert.deepEqual(parsed("cursor"), [{ mcpServers: { mana: { url: PUBLIC } } }]);
  assert.deepEqual(parsed("vscode"), [{ servers: { mana: server } }]);
  assert.deepEqual(parsed("opencode"), [
    { mcp: { servers: { mana: { type: "remote", url: PUBLIC } } } },
    { mcp: { mana: { type: "remote", url: PUBLIC, enabled: true } } },
  ]);
  assert.deepEqual(parsed("others"), [{ mcpServers: { mana: server } }]);
});

Deno.test("home page: the links that Cursor and VS Code open hold the address", async () => {
  const page = await pageAt(PUBLIC);
  const cursor = new URL(/href="(cursor:[^"]*)"/.exec(page)?.[1]?.replaceAll("&amp;", "&") ?? "");
  assert.equal(cursor.searchParams.get("name"), "mana");
  assert.deepEqual(JSON.parse(atob(cursor.searchParams.get("config") ?? "")), { url: PUBLIC });
  const vscode = /href="vscode:mcp\/install\?([^"]*)"/.exec(page)?.[1] ?? "";
  assert.deepEqual(JSON.parse(decodeURIComponent(vscode)), { name: "mana", type: "http", url: PUBLIC });
});

Deno.test("home page: clients that call from outside are told that a local address is out of their reach", async () => {
  const texts = pasted(await pageAt("http://127.0.0.1:3000/mcp"));
  assert.deepEqual([texts["claude"], texts["chatgpt"]], [[], []]);
  assert.match(
    await pageAt("http://127.0.0.1:3000/mcp"),
    /first needs a public https address \(PUBLIC_URL\)/,
  );
});

Deno.test("home page: where nobody signs a client in, every text has a place for the token", async () => {
  const texts = pasted(await pageAt(PUBLIC, { signInProblem: "Nobody signs in." }));
  assert.deepEqual(Object.keys(texts), [
    "claude-code",
    "cursor",
    "vscode",
    "codex",
    "gemini",
    "opencode",
    "others",
  ]);
  for (const [id, all] of Object.entries(texts)) {
    assert.ok(all.length > 0, id);
    for (const text of all) assert.ok(text.includes("Bearer TOKEN") && text.includes(PUBLIC), id);
  }
});

Deno.test("home page: says in one line whether everything answers, and unfolds what does not", async () => {
  const well = await pageAt(PUBLIC);
  assert.match(well, /<details class="state" >[^]*Yes: everything it needs answers\./);
  const ill = await pageAt(PUBLIC, {
    readiness: { ready: false, upstreams: { auth: "ok", sync: "failing" } },
  });
  assert.match(ill, /<details class="state" open>[^]*Not fully: sync service does not answer\./);
});

Deno.test("home page: links to the person's pages where the sign-in server names them, and to nothing otherwise", async () => {
  assert.doesNotMatch(await pageAt(PUBLIC), /Your apps/);
  const page = await pageAt(PUBLIC, { personPages: [{ words: "Your apps", url: "https://auth.test/apps" }] });
  assert.match(page, /<nav aria-label="Your pages">\s*<a href="https:\/\/auth\.test\/apps">Your apps<\/a>/);
  // The mark and the way home are below the path of the public address.
  assert.match(page, /<a class="home" href="\/base\/"><img src="\/base\/icon\.svg" alt=""/);
});

Deno.test("the home page says in a person's words what an assistant can work with", async () => {
  assert.match(
    await pageAt(PUBLIC),
    /work with your own data: habits, to-dos, calendar, notes, journal and more\.<\/p>/,
  );
  const notes = MODULES.filter(({ name }) => name === "notes");
  assert.match(await pageAt(PUBLIC, { modules: notes }), /work with your own data: notes\.<\/p>/);
});
