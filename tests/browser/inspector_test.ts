import assert from "node:assert/strict";
import { z } from "zod";
import { print } from "../../scripts/print.ts";
import { readFirstPerson } from "../../scripts/stack/read_first_person.ts";
import { signIn } from "../../scripts/stack/sign_in.ts";
import { startStack } from "../../scripts/stack/start_stack.ts";
import { temporaryFolder } from "../_support/temporary_folder.ts";

/** The MCP Inspector's command line: a client that nobody here wrote. It needs a Node of its own, which npm has too. */
const INSPECTOR = [
  "exec",
  "--yes",
  "--package=node@24.21.0",
  "--package=@modelcontextprotocol/inspector@2.12.0",
  "--",
  "mcp-inspector",
  "--cli",
];
const FREE_PORTS = { PORT: "0", BACKEND_PORT: "0", BACKEND_SYNC_PORT: "0" };

const ToolList = z.object({ tools: z.array(z.object({ name: z.string() })) });
const Called = z.object({ structuredContent: z.object({ task: z.looseObject({ title: z.string() }) }) });

/** Without npm the test is left out, and says so. */
async function npmOptions(): Promise<{ readonly ignore: boolean }> {
  try {
    await new Deno.Command("npm", { args: ["--version"], stdout: "null", stderr: "null" }).output();
    return { ignore: false };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable)) throw error;
    print("ignored: there is no npm to run the MCP Inspector with");
    return { ignore: true };
  }
}

const options = await npmOptions();
for (const era of ["legacy", "modern"]) {
  Deno.test(
    `the MCP Inspector (${era}) finds no fault in the tools, and calls one`,
    options,
    async () => {
      await using folder = await temporaryFolder();
      const stack = await startStack({
        data: `${folder.path}/data`,
        firstPerson: "demo@mana.test",
        env: FREE_PORTS,
      });
      try {
        const { email, password } = await readFirstPerson(`${folder.path}/data`);
        const token = await signIn(stack.authUrl, email, password);
        const connection = ["--header", `Authorization: Bearer ${token}`, "--protocol-era", era, "--quiet"];
        const inspect = inspectorIn(await Deno.realPath(folder.path));
        // With --strict a schema that some client cannot take ends it with an error.
        const list = await inspect([stack.mcpUrl, ...connection, "--method", "tools/list", "--strict"]);
        const names = ToolList.parse(JSON.parse(list)).tools.map(({ name }) => name);
        assert.ok(names.includes("todo_create"), names.join(" "));

        const args = ["--tool-name", "todo_create", "--tool-arg", "title=Buy milk ☕"];
        const called = await inspect([stack.mcpUrl, ...connection, "--method", "tools/call", ...args]);
        assert.equal(Called.parse(JSON.parse(called)).structuredContent.task.title, "Buy milk ☕");
      } finally {
        assert.deepEqual(await stack.stop(), { gateway: 0, backend: 0 });
      }
    },
  );
}

/** Runs it and returns what it printed; what it remembers stays below `folder`. */
function inspectorIn(folder: string): (args: readonly string[]) => Promise<string> {
  return async (args) => {
    const { code, stdout, stderr } = await new Deno.Command("npm", {
      args: [...INSPECTOR, ...args],
      env: { MCP_STORAGE_DIR: `${folder}/inspector` },
    }).output();
    const text = new TextDecoder();
    assert.equal(code, 0, text.decode(stderr));
    return text.decode(stdout);
  };
}
