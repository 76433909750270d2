import { fileURLToPath } from "node:url";
import { z } from "zod";
import pinned from "./suite.json" with { type: "json" };

/**
 * The official suite with a config and a lock of its own: `deno task` fetches whatever deno.lock names before it runs any
 * task, and nobody who starts the product needs the suite and its forty packages.
 */
export const SUITE = {
  /** What stands between `run` and the suite's rights. */
  flags: ["--quiet", `--config=${fileURLToPath(new URL("suite.json", import.meta.url))}`, "--frozen"],
  specifier: pinned.imports["@modelcontextprotocol/conformance"],
} as const;

/** The folder of the npm cache, which the suite has to read: it loads its own package from there. */
export async function npmCacheFolder(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json"],
    stdin: "null",
    stderr: "null",
  }).output();
  return z.object({ npmCache: z.string() }).parse(JSON.parse(new TextDecoder().decode(stdout))).npmCache;
}
