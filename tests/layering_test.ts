import assert from "node:assert/strict";

/** The rules of docs/architecture.md, held against the source. */

interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
}

async function sources(...folders: string[]): Promise<SourceFile[]> {
  const found: SourceFile[] = [];
  const walk = async (folder: string) => {
    for await (const entry of Deno.readDir(folder)) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory) await walk(path);
      else if (/\.tsx?$/.test(entry.name)) {
        const text = await Deno.readTextFile(path);
        const imports = [...text.matchAll(/(?:from|import) "([^"]+)"/g)].map(([, specifier]) =>
          specifier ?? ""
        );
        found.push({ path, text: withoutComments(text), imports });
      }
    }
  };
  for (const folder of folders) await walk(folder);
  return found.sort((a, b) => a.path < b.path ? -1 : 1);
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "$1");
}

const importing = (files: readonly SourceFile[], specifier: RegExp) =>
  files.filter(({ imports }) => imports.some((name) => specifier.test(name))).map(({ path }) => path);
const containing = (files: readonly SourceFile[], pattern: RegExp) =>
  files.filter(({ text }) => pattern.test(text)).map(({ path }) => path);

Deno.test("one file imports the MCP SDK, one jose, one does field cryptography", async () => {
  const lib = await sources("lib", "tools");
  assert.deepEqual(importing(lib, /^@modelcontextprotocol\//), ["lib/mcp/sdk.ts"]);
  assert.deepEqual(importing(lib, /^@panva\/jose$/), ["lib/auth/verifier.ts"]);
  assert.deepEqual(containing(lib, /subtle\.(encrypt|decrypt)/), ["lib/records/cipher.ts"]);
});

Deno.test("only main.ts touches the environment, the listener, signals and the exit code", async () => {
  const files = await sources("lib", "tools");
  assert.deepEqual(containing(files, /\bDeno\./), []);
  assert.match(await Deno.readTextFile("main.ts"), /Deno\.serve/);
});

Deno.test("the gateway imports neither tools nor backend, scripts or tests", async () => {
  assert.deepEqual(importing(await sources("lib"), /\/(tools|backend|scripts|tests)\//), []);
  assert.deepEqual(importing(await sources("backend"), /\.\.\/(lib|tools|scripts|tests)\//), []);
});

Deno.test("tool files import lib/tool.ts and zod only", async () => {
  for (const { path, imports } of await sources("tools")) {
    if (path === "tools/mod.ts") continue;
    assert.deepEqual(imports.filter((name) => !["../lib/tool.ts", "zod"].includes(name)), [], path);
  }
});

Deno.test("tool files reach for nothing global", async () => {
  assert.deepEqual(
    containing(
      await sources("tools"),
      /\b(fetch|Deno|globalThis|eval|Function|setTimeout|setInterval|process|crypto|Date)\b\s*[.(]/,
    ),
    [],
  );
});

Deno.test("leaves import nothing of ours", async () => {
  for (const { path, imports } of await sources("lib")) {
    if (!["lib/errors.ts", "lib/limits.ts", "lib/day.ts", "lib/delay.ts"].includes(path)) continue;
    assert.deepEqual(imports, [], path);
  }
});

Deno.test("no clock, no randomness and no network below main.ts but what is handed in", async () => {
  const lib = await sources("lib", "tools");
  assert.deepEqual(
    containing(lib, /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bperformance\.now\b|crypto\.randomUUID/),
    [],
  );
  assert.deepEqual(containing(lib, /(?:await|return|=>?|:) fetch\(/), []);
});

Deno.test("no mutable state at the top level of a module", async () => {
  // A constant set is fine where its type forbids to change it.
  const state =
    /^(?:export )?(?:let |const \w+(?:: (?!Readonly)[^=]+)? = new (?:Map|Set|WeakMap|WeakSet)\b)/m;
  assert.deepEqual(containing(await sources("lib", "tools", "backend"), state), []);
});

Deno.test("nothing in lib, tools or backend escapes the type checker", async () => {
  const files = await sources("lib", "tools", "backend", "scripts");
  assert.deepEqual(
    containing(files, /\bas any\b|\bas unknown as\b|: any\b|@ts-(?:ignore|expect-error|nocheck)/),
    [],
  );
});
