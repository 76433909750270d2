/**
 * Where install.ts puts the clients, inside the checkout, and which of them are there. npm installs run no scripts: each
 * program is started from the package that holds its binary.
 */
import { z } from "zod";
import { print } from "../../scripts/print.ts";

/** The folder of everything installed; git ignores it. */
export const FOLDER = ".mana-clients";
/** What each set's installation ended with: null, or the reason why the set is not there. */
export const REPORT = `${FOLDER}/report.json`;
/** Shape of {@link REPORT}. */
export const Report = z.object({ npm: z.string().nullable(), python: z.string().nullable() });

const MODULES = `${FOLDER}/npm/node_modules`;
const platform = `${Deno.build.os}-${Deno.build.arch === "aarch64" ? "arm64" : "x64"}`;

/** Every program that the tests start, relative to the checkout. */
export const PROGRAMS = {
  python: `${FOLDER}/python/bin/python`,
  node: `${MODULES}/node-${platform}/bin/node`,
  claude: `${MODULES}/@anthropic-ai/claude-code-${platform}/claude`,
  opencode: `${MODULES}/opencode-${platform}/bin/opencode`,
} as const;

/** Scripts that {@link PROGRAMS}.node runs. */
export const SCRIPTS = {
  inspector: `${MODULES}/@modelcontextprotocol/inspector/clients/launcher/build/index.js`,
  mcpRemote: `${MODULES}/mcp-remote/dist/proxy.js`,
} as const;

/** A program of {@link PROGRAMS}. */
export type Program = keyof typeof PROGRAMS;

/** Whether a test of `client` can run; where `program` is not installed, prints the reason. Throws before an install. */
export async function whereInstalled(
  client: string,
  program: Program,
): Promise<{ readonly ignore: boolean }> {
  const report = Report.parse(JSON.parse(await Deno.readTextFile(REPORT)));
  const reason = report[program === "python" ? "python" : "npm"] ?? await missing(PROGRAMS[program]);
  if (reason !== null) print(`skipped: ${client} is not installed: ${reason}`);
  return { ignore: reason !== null };
}

async function missing(path: string): Promise<string | null> {
  try {
    await Deno.stat(path);
    return null;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return `its build for ${platform} is not among the pinned packages`;
  }
}
