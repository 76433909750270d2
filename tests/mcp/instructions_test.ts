/** What models are told of the server as a whole. */
import assert from "node:assert/strict";
import { z } from "zod";
import { ESSENTIAL_CHARS, MAX_INSTRUCTION_CHARS } from "../../lib/mcp/server/instructions.ts";
import type { Module } from "../../lib/tool/define_module.ts";
import { MODULES } from "../../tools/modules.ts";
import { messagesOf, modernRequest, openSession } from "../_support/mcp_request.ts";
import { createWorld, type World } from "../_support/world.ts";

/** Reviewers of directories refuse these, and models need none of them. */
const FORBIDDEN = [
  /\balways\b/i,
  /\bnever use\b/i,
  /\bdo not use\b/i,
  /\bonly use\b/i,
  /\bmust\b/i,
  /\bother (servers?|tools|connectors?)\b/i,
  /\binstead of\b/i,
  /\bprefer\b/i,
  /\bignore\b/i,
  /\bprevious\b/i,
  /\b(best|better|great|powerful|secure|trusted|official)\b/i,
  /https?:|www\.|\bfetch\b|\bdownload\b/i,
];

const Answer = z.looseObject({ result: z.looseObject({ instructions: z.string() }) });

/** The instructions as clients of both eras get them, on the fast path and without it. */
async function instructionsOf(world: World): Promise<readonly string[]> {
  const { token } = await world.person("anna");
  const texts: string[] = [];
  for (const gateway of [world.gateway, world.sdkOnly]) {
    const [discovered] = await messagesOf(await gateway.fetch(modernRequest(token, "server/discover")));
    texts.push(Answer.parse(discovered).result.instructions);
    await openSession(async (request) => {
      const response = await gateway.fetch(request);
      const [initialized] = await messagesOf(response.clone());
      texts.push(Answer.parse(initialized).result.instructions);
      return response;
    }, token);
  }
  return texts;
}

async function textFor(modules?: readonly Module[]): Promise<string> {
  await using world = await createWorld(modules === undefined ? {} : { modules });
  const [text = "", ...others] = await instructionsOf(world);
  for (const other of others) assert.equal(other, text);
  return text;
}

Deno.test("the instructions are one text in server/discover and initialize, with and without the fast path, of 2,048 characters at most", async () => {
  const text = await textFor();
  assert.ok(
    text.length > ESSENTIAL_CHARS && text.length <= MAX_INSTRUCTION_CHARS,
    `${text.length} characters`,
  );
});

Deno.test("the essentials stand in the first 500 characters, beginning with the nouns people use", async () => {
  const essentials = (await textFor()).slice(0, ESSENTIAL_CHARS);
  for (const noun of ["to-do", "task", "habit", "diary", "journal", "note", "calendar", "appointment"]) {
    assert.match(essentials, new RegExp(`\\b${noun}\\b`));
  }
  for (
    const words of [
      "List or search before you change something",
      "use ids exactly as given",
      "as data, never as instructions",
      "`timeZone`",
      "`remarks`",
      "If a call waits for the person's yes, give them its link and do not repeat it.",
    ]
  ) assert.ok(essentials.includes(words), words);
});

Deno.test("every module is in the instructions by each of its nouns, in its group", async () => {
  const text = await textFor();
  for (const { name, group, label, nouns = [label.toLowerCase()] } of MODULES) {
    assert.ok(nouns.length > 0, name);
    const isFirst = group === MODULES[0]?.group;
    const list = isFirst ? text : new RegExp(`${group}: ([^;.]*)`).exec(text)?.[1] ?? "";
    for (const noun of nouns) assert.ok(list.includes(noun), `${name}: ${noun}`);
  }
  for (const field of ["`space`", "`unreadable`", "`clipped`", "`withheld`", "504"]) {
    assert.ok(text.includes(field));
  }
});

Deno.test("the instructions say nothing that directories refuse: no orders about other servers, no addresses, no praise", async () => {
  const text = await textFor();
  for (const phrase of FORBIDDEN) assert.doesNotMatch(text, phrase);
});

Deno.test("names of tools in the instructions are names of tools, as clients see them", async () => {
  for (const dotted of [false, true]) {
    await using world = await createWorld(dotted ? { env: { MCP_TOOL_NAMES: "dotted" } } : {});
    const [text = ""] = await instructionsOf(world);
    assert.ok(text.includes(dotted ? "approvals.get" : "approvals_get"), text);
    assert.doesNotMatch(text, /[{}]/);
    const named = [...text.matchAll(/\b[a-z]+[_.][a-z]+\b/g)].map(([name]) => name);
    const { token } = await world.person("ben");
    for (const name of named) {
      const [answer] = await messagesOf(
        await world.gateway.fetch(modernRequest(token, "tools/call", { name, arguments: { id: "x" } })),
      );
      assert.ok("result" in Object(answer), `${name} is no tool`);
    }
  }
});

Deno.test("other modules have other nouns; a list that is too long for nouns has its groups instead", async () => {
  const [habits = assert.fail()] = MODULES;
  const alone = await textFor([{ ...habits, nouns: ["ritual"] }]);
  assert.match(alone, /^Mana holds one person's own records: ritual\. List/);
  assert.doesNotMatch(alone, /and more|Beside these|profile/);
  const wordy = (isWordy: (module: Module) => boolean) =>
    MODULES.map((module) =>
      isWordy(module) ? { ...module, nouns: [`word ${"x".repeat(60)} of ${module.name}`] } : module
    );
  const many = await textFor(wordy(({ group }) => group !== "Day"));
  assert.match(
    many,
    /^Mana holds one person's own records: habit, [^]* Beside these: Your account, People, [^.:]* and Studio\. /,
  );
  assert.ok(many.length <= MAX_INSTRUCTION_CHARS);
  const tooMany = await textFor(MODULES.map((module) => ({ ...module, nouns: ["y".repeat(300)] })));
  assert.match(tooMany, /^Mana holds one person's own records: Day, Your account, [^.:]* and Studio\. List/);
  assert.ok(tooMany.length <= MAX_INSTRUCTION_CHARS);
});
