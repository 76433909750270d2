/** `server.json`: what the task makes of settings fits the registry's schema, and what the registry would refuse is said in words. */
import assert from "node:assert/strict";
import { Ajv } from "ajv";
import ajvFormats from "ajv-formats";
import manifest from "../../deno.json" with { type: "json" };
import { readListingArguments } from "../../scripts/listing/listing_arguments.ts";
import {
  type ListingWords,
  makeServerJson,
  type ServerJson,
  serverJsonProblems,
} from "../../scripts/listing/server_json.ts";
import { runTask } from "../_support/run_task.ts";
import { createWorld } from "../_support/world.ts";
import schema from "./server.schema.json" with { type: "json" };

const ajv = new Ajv({ strict: false, allErrors: true });
ajvFormats.default(ajv);
const fits = ajv.compile(schema);

const WORDS: ListingWords = { publicUrl: "https://mcp.example.org", version: manifest.version };

Deno.test("what is made of PUBLIC_URL alone fits the schema and has no problem", () => {
  const json = makeServerJson(WORDS);
  assert.ok(fits(json), ajv.errorsText(fits.errors));
  assert.deepEqual(serverJsonProblems(json), []);
  assert.equal(json.name, "org.example.mcp/mana");
  assert.deepEqual(json.remotes, [{ type: "streamable-http", url: "https://mcp.example.org/mcp" }]);
  assert.equal(json.version, manifest.version);
  assert.ok(json.description.length <= 100);
});

Deno.test("everything that an operator can say is in it, and it fits the schema", () => {
  const json = makeServerJson({
    ...WORDS,
    publicUrl: "https://example.org/mana",
    name: "org.example/private-mana",
    title: "Private Mana",
    description: "Our own",
    websiteUrl: "https://example.org/about",
    repository: "https://github.com/example/mana-mcp",
  });
  assert.ok(fits(json), ajv.errorsText(fits.errors));
  assert.deepEqual(serverJsonProblems(json), []);
  assert.equal(json.icons[0]?.src, "https://example.org/mana/icon.svg");
  assert.deepEqual(json.repository, { url: "https://github.com/example/mana-mcp", source: "github" });
});

Deno.test("what the registry refuses is said, with what to do", () => {
  const problems = (more: Partial<ListingWords>) => serverJsonProblems(makeServerJson({ ...WORDS, ...more }));
  const address = (publicUrl: string, why: string) =>
    assert.deepEqual(problems({ publicUrl, name: "org.example/mana" }), [
      `The address ${publicUrl}/mcp ${why}. Set PUBLIC_URL to the https address under which everybody reaches the gateway.`,
    ]);
  address("http://localhost:3069", "is this computer");
  address("https://127.0.0.1", "is this computer");
  address("http://mcp.example.org", "is not https");
  address("https://10.0.0.7", "is a number and no name");
  address("https://gateway", "is a name that only some networks know");
  address("https://gateway.local", "is a name that only some networks know");
  assert.match(problems({ publicUrl: null }).join("\n"), /is this computer.*\n.*begins with a number/s);
  assert.match(problems({ name: "mana" })[0] ?? "", /not in reverse DNS with one slash/);
  assert.match(problems({ name: "org.example/a/b" })[0] ?? "", /not in reverse DNS with one slash/);
  assert.match(
    problems({ description: "x".repeat(101) })[0] ?? "",
    /The length of the description is 101: 1 to 100 characters are allowed/,
  );
  assert.match(problems({ title: " " })[0] ?? "", /The length of the title is 1:/);
  for (const version of ["^1.0.0", "latest", "1.x"]) {
    assert.match(problems({ version })[0] ?? "", /is no exact version/, version);
  }
  assert.match(problems({ websiteUrl: "http://example.org" })[0] ?? "", /The website .* is no https URL/);
  assert.match(
    problems({ repository: "https://git.example.org/x" })[0] ?? "",
    /neither on github\.com nor on gitlab\.com/,
  );
});

Deno.test("the schema refuses what our words refuse: a name, a long description, an odd icon", () => {
  const json = makeServerJson(WORDS);
  const bad: readonly Partial<ServerJson>[] = [{ name: "mana" }, { description: "x".repeat(101) }, {
    title: "",
  }];
  for (const more of bad) {
    assert.equal(fits({ ...json, ...more }), false, JSON.stringify(more));
    assert.notDeepEqual(serverJsonProblems({ ...json, ...more }), []);
  }
  assert.equal(fits({ ...json, icons: [{ src: "icon.svg", mimeType: "text/plain" }] }), false);
});

Deno.test("an argument that is unknown, and settings that cannot be used, are said", () => {
  const read = (args: string[], env: Record<string, string> = {}) => {
    const asked = readListingArguments(args, (name) => env[name]);
    return asked.ok ? [] : asked.problems;
  };
  assert.match(read(["--nmae", "x"])[0] ?? "", /^--nmae is unknown: --name, .* and --account are known$/);
  assert.match(read([], { PUBLIC_URL: "ftp://x" })[0] ?? "", /^PUBLIC_URL is/);
  assert.deepEqual(read(["--name=org.example/mana", "--title", "Mana"]), []);
});

Deno.test("the task prints the document alone on stdout, and ends with 1 where the registry would refuse it", async () => {
  const good = await runTask(["server-json", "--title", "Our Mana", "--version=1.0.2"], "", {
    PUBLIC_URL: "https://mcp.example.org",
  });
  assert.equal(good.code, 0, good.err);
  assert.ok(fits(JSON.parse(good.out)), ajv.errorsText(fits.errors));
  assert.equal(JSON.parse(good.out).title, "Our Mana");
  assert.equal(JSON.parse(good.out).version, "1.0.2");
  assert.equal(good.err, "");
  const bad = await runTask(["server-json"], "", {});
  assert.equal(bad.code, 1);
  const odd = await runTask(["server-json", "--version", "latest"], "", {
    PUBLIC_URL: "https://mcp.example.org",
  });
  assert.deepEqual([odd.code, odd.err], [
    1,
    '✗ The version latest is no exact version such as 1.0.2: ranges and "latest" are refused. Give one with --version.\n',
  ]);
  assert.match(bad.err, /^✗ The address http:\/\/127\.0\.0\.1:3069\/mcp is this computer\./);
});

Deno.test("the tasks of a listing may read the variables that the settings name, and no others", () => {
  for (const task of ["server-json", "review-kit"] as const) {
    const { command } = manifest.tasks[task];
    assert.doesNotMatch(command, /--allow-(env|net|read|write|run)( |$)|--allow-all|-A\b/, task);
    assert.match(command, /--ignore-env/, task);
  }
});

Deno.test("the icon that the document names is there, and neither loads nor runs anything", async () => {
  await using world = await createWorld({ env: { PUBLIC_URL: "http://gateway.test/mana" } });
  for (const path of ["/icon.svg", "/mana/icon.svg"]) {
    const answer = await world.gateway.fetch(new Request(`http://gateway.test${path}`));
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("content-type"), "image/svg+xml");
    assert.match(answer.headers.get("content-security-policy") ?? "", /default-src 'none'.*sandbox/);
    const svg = await answer.text();
    assert.match(svg, /^<svg /);
    assert.doesNotMatch(svg, /<script|href|on[a-z]+=/);
  }
});
