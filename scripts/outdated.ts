// `deno task outdated`: which dependencies are not the newest. Those that we name are asked of `deno outdated`, those that they
// bring along are found by resolving everything anew beside the lock. Ends with 1 when there is one, or when the registry
// cannot be asked.
import { z } from "zod";
import { print } from "./print.ts";

/**
 * Left out: the `overrides` of package.json, which better-auth runs on, whatever is newer; and the conformance suite, whose
 * newest versions are previews, which the registry does not call the latest. (`deno outdated` alone always ends with 0,
 * and leaves out the members of the workspace.)
 */
const FOLDER = ".mana-outdated";
const Lock = z.object({ npm: z.record(z.string(), z.unknown()).default({}) });
const Package = z.object({ overrides: z.record(z.string(), z.string()) });

async function read<T>(schema: z.ZodType<T>, path: string): Promise<T> {
  return schema.parse(JSON.parse(await Deno.readTextFile(path)));
}

/** Runs Deno and returns what it printed; when it failed, its words are printed and the script ends with 1. */
async function ask(args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    env: { NO_COLOR: "1" },
  }).output();
  if (success) return new TextDecoder().decode(stdout).trim();
  print(`Cannot tell: ${new TextDecoder().decode(stderr).trim()}`);
  Deno.exit(1);
}

/** Package and version of everything in a lock; what follows a `_` are the versions of its peers. */
async function locked(path: string): Promise<ReadonlySet<string>> {
  const { npm } = await read(Lock, path);
  return new Set(Object.keys(npm).map((key) => key.replace(/^(@?[^@]+@[^_]+).*$/, "$1")));
}

const held = Object.keys((await read(Package, "package.json")).overrides).map((name) => `!${name}`);
const named = await ask(["outdated", "--recursive", "--quiet", ...held]);
if (named !== "") print(named);

await Deno.mkdir(FOLDER, { recursive: true });
try {
  const anew = `${FOLDER}/${crypto.randomUUID()}.lock`;
  await ask(["install", "--quiet", "--lockfile-only", "--frozen=false", `--lock=${anew}`]);
  const [ours, newest] = [await locked("deno.lock"), await locked(anew)];
  const newer = [...newest].filter((entry) => !ours.has(entry));
  for (const entry of newer) {
    print(`deno.lock has another version than ${entry}: delete it and run deno install --frozen=false`);
  }
  if (named !== "" || newer.length > 0) Deno.exitCode = 1;
  else print("All dependencies are the newest.");
} finally {
  await Deno.remove(FOLDER, { recursive: true });
}
