// Where `deno task personas:agent-sdk:install` puts the Agent SDK: into a cache of its own inside the checkout, which git ignores and nothing
// else reads. Whoever wants to be rid of it removes the folder.
import { fileURLToPath } from "node:url";

/** The folder: `DENO_DIR` of the install and of the process. */
export const FOLDER = ".mana-agent-sdk";
/** Where the days' homes are: one for each day, removed after it. */
export const HOMES = `${FOLDER}/homes`;
/** As packages.json pins it. */
export const VERSION = "0.3.332";

const platform = `${Deno.build.os === "windows" ? "win32" : Deno.build.os}-${
  Deno.build.arch === "aarch64" ? "arm64" : "x64"
}`;

/** The program that the SDK starts, relative to the checkout: a closed binary that Deno's rules do not hold. */
export const PROGRAM =
  `${FOLDER}/npm/registry.npmjs.org/@anthropic-ai/claude-agent-sdk-${platform}/${VERSION}/claude${
    Deno.build.os === "windows" ? ".exe" : ""
  }`;

/** Both as absolute paths. */
export const PLACES = Object.freeze({ program: inCheckout(PROGRAM), homes: inCheckout(HOMES) });

function inCheckout(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}
