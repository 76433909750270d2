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

/** The rights of the suite: to call the fixture and to read its own package. It asks for many env names; it gets none. */
export function suiteRights(address: string, npmCache: string): string[] {
  return ["--no-prompt", "--ignore-env", `--allow-net=${address}`, `--allow-read=${npmCache}`];
}

/** The first line of a server that is starting. Throws Error where it ended before. */
export async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  for await (const part of stream.pipeThrough(new TextDecoderStream())) {
    text += part;
    if (text.includes("\n")) return text.slice(0, text.indexOf("\n"));
  }
  throw new Error("Cannot read the fixture's URL: it ended before it was listening");
}

/** Prints a line. */
export function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
