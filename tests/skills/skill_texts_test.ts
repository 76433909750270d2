/** What stands in the skills, and what a changed byte means. */
import assert from "node:assert/strict";
import { z } from "zod";
import { MAX_SKILL_FILE_BYTES } from "../../lib/kit/limits.ts";
import { rpc } from "../_support/mcp.ts";
import { TOOLS } from "../_support/modules.ts";
import { createWorld } from "../_support/world.ts";
import { SKILLS } from "../../tools/skills/skills.ts";

const Listed = z.object({
  skills: z.array(z.object({
    uri: z.string(),
    frontmatter: z.object({ name: z.string(), description: z.string() }),
    resources: z.array(z.object({ uri: z.string(), digest: z.string(), size: z.number() })),
  })),
});
const Read = z.object({ contents: z.tuple([z.object({ uri: z.string(), text: z.string() })]) });

/** The skills of a gateway with this setting, with their texts. */
async function published(names: "underscore" | "dotted") {
  await using world = await createWorld({ env: { MCP_TOOL_NAMES: names } });
  const anna = await world.person("anna");
  const { skills } = Listed.parse((await rpc(world, anna, "skills/list")).body.result);
  return await Promise.all(skills.map(async (entry) => ({
    entry,
    files: await Promise.all(entry.resources.map(async ({ uri, size }) => {
      const { contents: [{ text }] } = Read.parse(
        (await rpc(world, anna, "resources/read", { uri })).body.result,
      );
      return { uri, size, text };
    })),
  })));
}

/** SHA-256, by file and by `MCP_TOOL_NAMES`. */
const DIGESTS: Readonly<Record<string, { readonly underscore: string; readonly dotted: string }>> = {
  "weekly-review/SKILL.md": {
    "underscore": "df69ccc116de6e5e2a7b99a9efcb0b31cf103c50e02040bb5be8e746eee099e2",
    "dotted": "398859ffccc449ffe3b4e5047a5246e9e7329233a4edfb6eed40e8b3b0943597",
  },
  "weekly-review/references/results.md": {
    "underscore": "b578cbf940ab3c1439114ac44d5ea6c3a31300568a3d99387dd34adef06dccb5",
    "dotted": "b578cbf940ab3c1439114ac44d5ea6c3a31300568a3d99387dd34adef06dccb5",
  },
  "inbox-to-tasks/SKILL.md": {
    "underscore": "aa047dd66c3cabe7d8d2e605d3ef6586f94eac014c3a59857520798f77151053",
    "dotted": "9a1f1aa5056cecc5cfd68ad6dd58f74ffd59358923704b474a13459a3311b65b",
  },
  "inbox-to-tasks/references/results.md": {
    "underscore": "b578cbf940ab3c1439114ac44d5ea6c3a31300568a3d99387dd34adef06dccb5",
    "dotted": "b578cbf940ab3c1439114ac44d5ea6c3a31300568a3d99387dd34adef06dccb5",
  },
  "inbox-to-tasks/references/task-fields.md": {
    "underscore": "72874c6411453ba7b9e46f390ab1aaab6eac6de5b7e5e994d2772f316c72d476",
    "dotted": "3e21a90e24d6274b1b8d96154d14e1441ba9b2e882a57305b03178f68b7e9f1c",
  },
  "journal-companion/SKILL.md": {
    "underscore": "d173f7e07197a9c809fcbebe9a5ff5a86d9ae4c3e7af4bf1f1bfc479b72cd20e",
    "dotted": "262f49139c3c0c91e845ab0fdf43893d2f7a5ce22ca95d51a9319f4ca0d5bccf",
  },
  "journal-companion/references/results.md": {
    "underscore": "b578cbf940ab3c1439114ac44d5ea6c3a31300568a3d99387dd34adef06dccb5",
    "dotted": "b578cbf940ab3c1439114ac44d5ea6c3a31300568a3d99387dd34adef06dccb5",
  },
};

Deno.test("the bytes of each skill are those that people have approved", async () => {
  for (const names of ["underscore", "dotted"] as const) {
    const digests = Object.fromEntries(
      (await published(names)).flatMap(({ entry }) => entry.resources).map((
        { uri, digest },
      ) => [uri.slice("skill://mana/".length), digest.slice("sha256:".length)]),
    );
    const approved = Object.fromEntries(
      Object.entries(DIGESTS).map(([path, digest]) => [path, digest[names]]),
    );
    assert.deepEqual(
      digests,
      approved,
      `The bytes of a skill have changed (MCP_TOOL_NAMES=${names}). Hosts bind a person's approval to these digests: with the next release ` +
        "everybody is asked again, whatever was changed (docs/skills.md, A changed byte). A text that a skill shares with a prompt " +
        "counts, too. If the change is worth that question, put the new digests here and a line into CHANGELOG.md. " +
        `Found: ${JSON.stringify(digests, null, 2)}`,
    );
  }
});

Deno.test("the same setting gives the same bytes, and names of tools are as clients see them", async () => {
  assert.deepEqual(await published("underscore"), await published("underscore"));
  for (const [names, name] of [["underscore", "todo_list"], ["dotted", "todo.list"]] as const) {
    const skills = await published(names);
    for (const { files } of skills) {
      for (const { uri, text } of files) assert.doesNotMatch(text, /[{}]/, uri);
    }
    assert.ok(skills[0]?.files[0]?.text.includes(`Call ${name} `));
  }
});

Deno.test("files are small, names and descriptions within the limits of the format", async () => {
  for (const { entry, files } of await published("underscore")) {
    const { name, description } = entry.frontmatter;
    assert.match(name, /^[a-z0-9]+(-[a-z0-9]+)*$/);
    assert.ok(name.length <= 64 && description.length <= 1_024);
    assert.match(description, /Use it /, "says what it does and when to use it");
    for (const { uri, text, size } of files) {
      assert.ok(size <= MAX_SKILL_FILE_BYTES, `${uri} has ${size} bytes`);
      assert.equal(size, new TextEncoder().encode(text).length);
    }
  }
});

Deno.test("no skill reaches beyond itself: no scripts, no rights, nothing from elsewhere, nothing against other servers", async () => {
  const forbidden = [
    /\b(always|never|only|must) use\b/i,
    /\bdo not use (?!.*`)/i,
    /other (servers?|apps?|tools?)\b/i,
    /\bignore\b|\bdisregard\b|\boverride\b/i,
    /https?:|www\.|\bfetch\b|\bdownload\b|\bcurl\b|\binstall\b/i,
    /\bscripts?\b|\bshell\b|\bbash\b|\bexecute\b|```/i,
    /allowed-tools|\bhooks?\b|\bpermissions?\b/i,
    /system prompt|\bsecretly\b|\bwithout (telling|asking)\b/i,
  ];
  for (const { entry, files } of await published("underscore")) {
    for (const { uri, text } of files) {
      for (const phrase of forbidden) assert.doesNotMatch(text, phrase, uri);
    }
    for (const { uri } of entry.resources) assert.match(uri, /\.md$/);
  }
});

Deno.test("each skill reads the modules that it names, and asks before it changes anything", () => {
  const isRead = (name: string) => TOOLS.some((tool) => tool.name === name && tool.access === "read");
  for (const { name, modules, files } of SKILLS) {
    const read = new Set<string>();
    const text = files.map((file) => file.text).join("\n");
    for (const line of text.split("\n")) {
      for (const [named, module = ""] of line.matchAll(/\{([a-z]+)\.[a-z_]+\}/gi)) {
        if (!isRead(named.slice(1, -1))) continue;
        if (modules.includes(module)) read.add(module);
        else assert.ok(line.includes(`Where you have ${named},`), `${name}: ${named} without a condition`);
      }
    }
    assert.deepEqual([...read].sort(), [...modules].sort(), name);
    assert.match(text, /Ask before anything is changed/, name);
  }
});
