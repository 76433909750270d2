/**
 * Installs the real clients into `.mana-clients`, at the versions of versions.json and of the locks beside it, unless they are
 * there already. A set that cannot be installed is no failure here: its reason is printed here, where its tests are skipped,
 * and at the end, where count.ts says whether enough clients are left.
 */
import { print } from "../../../scripts/print.ts";
import {
  DRIVEN,
  FOLDER,
  lockOf,
  packageJsonOf,
  type Packages,
  REPORT,
  requirementsOf,
  SETS,
} from "./client_sets.ts";
import { type Command, runCommand } from "./run_command.ts";

/** Sets that are installed at the same time: they wait for the registry more than they work. */
const AT_ONCE = 3;

/** Installs one set; null, or why it is not there. */
async function install(name: string, packages: Packages): Promise<string | null> {
  const lock = await Deno.readTextFile(lockOf(name, packages));
  const manifest = "npm" in packages ? packageJsonOf(name, packages) : requirementsOf(packages);
  const stamp = `${FOLDER}/${name}.installed`;
  const wanted = `${manifest}${lock}`;
  if (await readOr(stamp, "") === wanted) return null;
  print(`installing ${name}`);
  await removed(stamp);
  const folder = `${FOLDER}/${name}`;
  await Deno.mkdir(folder, { recursive: true });
  const commands = "npm" in packages ? npmCommands(folder, packages.omits) : pipCommands(folder);
  if ("npm" in packages) {
    await Deno.writeTextFile(`${folder}/package.json`, manifest);
    await Deno.writeTextFile(`${folder}/package-lock.json`, lock);
  } else {
    const unlocked = manifest.trim().split("\n").find((line) => !`\n${lock}`.includes(`\n${line} `));
    if (unlocked !== undefined) {
      return `its lock does not pin ${unlocked}: run tests/real_clients/install/lock.ts`;
    }
    await Deno.writeTextFile(`${FOLDER}/${name}.txt`, lock);
  }
  for (const command of commands) {
    const reason = await runCommand(command);
    if (reason !== null) return reason;
  }
  await Deno.writeTextFile(stamp, wanted);
  return null;
}

/** No scripts: what runs is what the hashes of the lock name. npm refuses a lock that is not of this `package.json`. */
function npmCommands(folder: string, omits?: string): Command[] {
  const quiet = ["--no-audit", "--no-fund", "--fetch-retry-mintimeout=1000"];
  const omitted = omits === undefined ? [] : ["--omit", omits];
  return [{ program: "npm", args: ["ci", "--prefix", folder, "--ignore-scripts", ...omitted, ...quiet] }];
}

function pipCommands(folder: string): Command[] {
  const quiet = ["--quiet", "--disable-pip-version-check", "--no-input"];
  const pinned = ["--no-deps", "--only-binary=:all:", "--require-hashes", "-r", `${folder}.txt`];
  return [
    { program: "python3", args: ["-m", "venv", "--clear", folder] },
    { program: `${folder}/bin/python`, args: ["-m", "pip", "install", ...quiet, ...pinned] },
  ];
}

/** Removes the folders of sets that are no more, and what an earlier run noted as driven: it says nothing of this one. */
async function sweep(): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(FOLDER)) {
    if (isDirectory && !SETS.has(name)) await removed(`${FOLDER}/${name}`);
  }
}

async function removed(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

async function readOr(path: string, otherwise: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return otherwise;
    throw error;
  }
}

if (import.meta.main) {
  await Deno.mkdir(FOLDER, { recursive: true });
  await sweep();
  await Deno.mkdir(DRIVEN);
  const report: Record<string, string | null> = {};
  const waiting = [...SETS];
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [name, packages] = next;
      report[name] = await install(name, packages);
    }
  }));
  for (const [name, reason] of Object.entries(report)) {
    if (reason !== null) print(`${name} is not installed: ${reason}`);
  }
  await Deno.writeTextFile(REPORT, JSON.stringify(report));
}
