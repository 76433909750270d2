/** Skills as hosts get them, in both eras: the extension io.modelcontextprotocol/skills (SEP-2640). */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { rpc } from "../_support/mcp.ts";
import {
  legacyRequest,
  messagesOf,
  modernHeaders,
  modernMessage,
  modernRequest,
  openSession,
  post,
} from "../_support/mcp_request.ts";
import { createConnected } from "../_support/connected.ts";
import { connect } from "../_support/oauth_flow.ts";
import { createWorld, type Person, type World } from "../_support/world.ts";
import { SKILLS } from "../../tools/skills/skills.ts";
import { connectHosts } from "./_hosts.ts";

const EXTENSION = "io.modelcontextprotocol/skills";
const REVIEW = "skill://mana/weekly-review/SKILL.md";
const ALL = [REVIEW, "skill://mana/inbox-to-tasks/SKILL.md", "skill://mana/journal-companion/SKILL.md"];
const Entry = z.strictObject({
  uri: z.string(),
  frontmatter: z.strictObject({ name: z.string(), description: z.string() }),
  resources: z.array(
    z.strictObject({
      uri: z.string(),
      digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
      size: z.int().positive(),
    }),
  ).min(1),
});
const Answer = z.looseObject({
  result: z.looseObject({
    skills: z.array(Entry).optional(),
    skill: Entry.optional(),
    contents: z.tuple([z.strictObject({
      uri: z.string(),
      mimeType: z.literal("text/markdown"),
      text: z.string(),
    })]).optional(),
    resources: z.array(z.looseObject({ uri: z.string() })).optional(),
  }).optional(),
  error: z.looseObject({ code: z.number(), message: z.string() }).optional(),
});
type Send = (method: string, params?: Record<string, unknown>) => Promise<z.infer<typeof Answer>>;

/** One way per era in which a client asks, and whether results say how long they hold. */
async function ways(world: World, person: Person): Promise<readonly (readonly [string, Send, boolean])[]> {
  const session = await openSession((request) => world.gateway.fetch(request), person.token);
  const answerTo = async (request: Request) => {
    const [answer] = await messagesOf(await world.gateway.fetch(request));
    return Answer.parse(answer);
  };
  return [
    ["2026-07-28", (method, params) => answerTo(modernRequest(person.token, method, params)), true],
    [
      "a session",
      (method, params) => answerTo(legacyRequest(person.token, method, params, { session })),
      false,
    ],
    [
      "2025 without a session",
      (method, params) => answerTo(legacyRequest(person.token, method, params)),
      false,
    ],
  ];
}

Deno.test("a host lists, gets and reads every skill, and its own checks of size, digest and frontmatter hold", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  for (const host of await connectHosts(world.gateway, anna.token)) {
    await using _closing = host;
    const { era, client, skills } = host;
    assert.ok(skills.supported && skills.directoryRead, era);
    assert.ok(client.getServerCapabilities()?.resources, "the extension stands on resources");
    const listing = await skills.list();
    assert.deepEqual([listing.skills.map(({ uri }) => uri), listing.invalid], [ALL, []], era);
    assert.deepEqual(
      [listing.ttlMs, listing.cacheScope],
      era === "2026-07-28" ? [300_000, "private"] : [undefined, undefined],
    );
    for (const entry of listing.skills) {
      assert.deepEqual((await skills.get(entry.uri)).skill, entry);
      const own = await skills.read(entry);
      assert.deepEqual([own.verified, own.frontmatter], [true, entry.frontmatter], entry.uri);
      assert.ok(Array.isArray(entry.resources));
      for (const { uri } of entry.resources) assert.ok((await skills.read(entry, uri)).verified, uri);
      // Every reference in the text is a file of the manifest, and the other way round.
      const named = [...(own.body ?? "").matchAll(/\]\((references\/[^)]+)\)/g)].map(([, path]) => path);
      const root = entry.uri.slice(0, -"SKILL.md".length);
      assert.deepEqual(
        entry.resources.map(({ uri }) => uri).sort(),
        [entry.uri, ...new Set(named.map((path) => `${root}${path}`))].sort(),
      );
    }
  }
});

Deno.test("digest, size and frontmatter are those of the bytes that resources/read gives", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  for (const [way, send, isModern] of await ways(world, anna)) {
    const { result } = await send("skills/list");
    assert.equal(result?.["resultType"], isModern ? "complete" : undefined, way);
    assert.equal("nextCursor" in (result ?? {}), false);
    for (const entry of result?.skills ?? []) {
      for (const { uri, digest, size } of entry.resources) {
        const read = (await send("resources/read", { uri })).result;
        assert.deepEqual(
          [read?.["ttlMs"], read?.["cacheScope"]],
          isModern ? [300_000, "private"] : [undefined, undefined],
          way,
        );
        const text = read?.contents?.[0].text ?? "";
        const bytes = new TextEncoder().encode(text);
        assert.equal(bytes.length, size, uri);
        assert.equal(`sha256:${createHash("sha256").update(bytes).digest("hex")}`, digest, uri);
        if (uri !== entry.uri) continue;
        const [, yaml = ""] = /^---\n([^]*?)\n---\n/.exec(text) ?? [];
        for (const version of ["1.1", "1.2"] as const) {
          assert.deepEqual(parseYaml(yaml, { version }), entry.frontmatter, `YAML ${version}`);
        }
        assert.equal(entry.uri.split("/").at(-2), entry.frontmatter.name);
      }
    }
  }
});

Deno.test("directories are listed down to the files, and are nothing else", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  for (const [way, send] of await ways(world, anna)) {
    const read = async (uri: string) => (await send("resources/directory/read", { uri })).result?.resources;
    assert.deepEqual(await read("skill://mana"), [
      { uri: "skill://mana/weekly-review", name: "weekly-review", mimeType: "inode/directory" },
      { uri: "skill://mana/inbox-to-tasks", name: "inbox-to-tasks", mimeType: "inode/directory" },
      { uri: "skill://mana/journal-companion", name: "journal-companion", mimeType: "inode/directory" },
    ], way);
    const [manifest, references] = await read("skill://mana/weekly-review") ?? [];
    assert.deepEqual([manifest?.uri, manifest?.["name"], manifest?.["mimeType"]], [
      REVIEW,
      "weekly-review",
      "text/markdown",
    ]);
    assert.match(String(manifest?.["description"]), /^Looks back on a week/);
    assert.equal("text" in (manifest ?? {}), false);
    assert.equal(references?.["mimeType"], "inode/directory");
    assert.deepEqual((await read(references?.uri ?? ""))?.map(({ name }) => name), ["results.md"]);
    for (
      const uri of [
        "skill://mana/",
        "skill:/",
        "skill:",
        "skill://",
        "skill://mana/weekly",
        REVIEW,
        "mana://spaces",
      ]
    ) {
      const { error } = await send("resources/directory/read", { uri });
      assert.deepEqual(
        [error?.code, error?.message],
        [-32602, "No directory is served there"],
        `${way} ${uri}`,
      );
    }
  }
});

Deno.test("skills are listed by skills/list alone: resources/list is for records", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const { result } = Answer.parse((await rpc(world, anna, "resources/list")).body);
  assert.deepEqual(result?.resources?.filter(({ uri }) => uri.startsWith("skill:")), []);
});

Deno.test("the capability stands in server/discover on both ways and in initialize", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  for (const gateway of [world.gateway, world.sdkOnly]) {
    const [discovered] = await messagesOf(await gateway.fetch(modernRequest(anna.token, "server/discover")));
    const { capabilities } = JSON.parse(JSON.stringify(discovered)).result;
    assert.deepEqual(capabilities.extensions[EXTENSION], { directoryRead: true });
  }
  for (const host of await connectHosts(world.gateway, anna.token)) {
    await using _closing = host;
    assert.deepEqual(host.client.getServerCapabilities()?.extensions?.[EXTENSION], { directoryRead: true });
  }
});

Deno.test("what is wrong with a request is told in words, under the code of invalid params", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const unknown = "No skill is served there: see skills/list for the addresses";
  const huge = `skill://mana/${"x".repeat(2_000_000)}/SKILL.md`;
  for (const [way, send] of await ways(world, anna)) {
    for (
      const [method, params, words] of [
        ["skills/get", { uri: "skill://mana/made-up/SKILL.md" }, unknown],
        ["skills/get", { uri: "skill://mana/weekly-review" }, unknown],
        ["skills/get", { uri: "skill://mana/weekly-review/references/results.md" }, unknown],
        ["skills/get", { uri: huge }, unknown],
        ["skills/get", {}, "The params of skills/get are invalid: params.uri: expected text."],
        ["skills/get", { uri: 5 }, "The params of skills/get are invalid: params.uri: expected text."],
        ["skills/list", { cursor: "x" }, "Unknown cursor: list from the start"],
        [
          "skills/list",
          { cursor: 5 },
          "The params of skills/list are invalid: params.cursor: expected text.",
        ],
        ["resources/read", { uri: "skill://mana/weekly-review/scripts/run.sh" }, "Resource not found"],
        [
          "resources/read",
          { uri: "skill://mana/weekly-review/../weekly-review/SKILL.md" },
          "Resource not found",
        ],
        [
          "resources/directory/read",
          { uri: "skill://mana", cursor: "x" },
          "Unknown cursor: list from the start",
        ],
        [
          "resources/directory/read",
          {},
          "The params of resources/directory/read are invalid: params.uri: expected text.",
        ],
      ] as const
    ) {
      const { error } = await send(method, params);
      assert.deepEqual([error?.code, error?.message], [-32602, words], `${way}: ${method} ${words}`);
    }
    assert.equal((await send("skills/list", { cursor: null })).result?.skills?.length, 3, way);
  }
});

Deno.test("2026-07-28: a header that names another method is refused", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const { status, body } = await rpc(world, anna, "skills/list", {}, {
    headers: { "mcp-method": "skills/get" },
  });
  assert.deepEqual([status, body.error?.code], [400, -32020]);
  const unnamed = modernHeaders(anna.token, "skills/list");
  delete unnamed["mcp-method"];
  assert.equal((await world.gateway.fetch(post(modernMessage("skills/list"), unnamed))).status, 400);
});

Deno.test("an app sees the skills whose modules it may all read, and nothing tells the others from none", async () => {
  await using world = await createConnected();
  const seen = async (allow: readonly string[]) => {
    const { access } = await connect(world, world.anna, { allow: [...allow] });
    const ask: Send = async (method, params) =>
      Answer.parse(await (await world.rpc(access, method, params)).json());
    const listed = (await ask("skills/list")).result?.skills?.map(({ uri }) => uri) ?? [];
    const missing = async (uri: string) =>
      JSON.stringify(
        await Promise.all([
          ask("skills/get", { uri }),
          ask("resources/read", { uri }),
          ask("resources/directory/read", { uri: uri.slice(0, -"/SKILL.md".length) }),
        ]),
      ).replaceAll(uri, "*");
    const none = await missing("skill://mana/made-up/SKILL.md");
    for (const uri of ALL) {
      if (!listed.includes(uri)) assert.equal(await missing(uri), none, uri);
      else assert.equal((await ask("skills/get", { uri })).result?.skill?.uri, uri);
    }
    const root = (await ask("resources/directory/read", { uri: "skill://mana" })).result?.resources ?? [];
    assert.deepEqual(root.map(({ uri }) => `${uri}/SKILL.md`), listed);
    return listed;
  };
  assert.deepEqual(await seen(["todo:read", "habits:read", "notes:read", "journal:read"]), ALL);
  assert.deepEqual(await seen(["todo:read", "notes:read", "notes:write"]), [ALL[1]]);
  assert.deepEqual(await seen(["journal:read"]), [ALL[2]]);
  assert.deepEqual(await seen(["journal:write", "mood:read"]), []);
});

Deno.test("a skill is no call: no service is asked, nothing is counted, and no line names a call", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await rpc(world, anna, "tools/list"); // with which the token is verified
  world.upstreamCalls.length = 0;
  world.logLines.length = 0;
  await rpc(world, anna, "skills/list");
  await rpc(world, anna, "skills/get", { uri: REVIEW });
  await rpc(world, anna, "resources/read", { uri: REVIEW });
  await rpc(world, anna, "resources/directory/read", { uri: "skill://mana" });
  assert.deepEqual(world.upstreamCalls, []);
  assert.deepEqual(world.logLines.filter((line) => JSON.parse(line).event === "call"), []);
});

Deno.test("a gateway without skills says nothing of them", async () => {
  await using world = await createWorld({ skills: [] });
  const anna = await world.person("anna");
  const { body } = await rpc(world, anna, "server/discover");
  assert.equal(JSON.stringify(body.result?.["capabilities"]).includes(EXTENSION), false);
  for (const method of ["skills/list", "skills/get", "resources/directory/read"]) {
    assert.equal((await rpc(world, anna, method, { uri: REVIEW })).body.error?.code, -32601, method);
  }
  const { error } = (await rpc(world, anna, "resources/read", { uri: REVIEW })).body;
  assert.deepEqual([error?.code, error?.message], [-32602, "Resource not found"]);
  assert.equal(SKILLS.length, ALL.length);
});
