/**
 * Installs the real clients into `.mana-clients`, at the versions of the lock files beside this file, unless they are there
 * already. A set that cannot be installed is no failure: its reason is printed here and where its tests are skipped.
 */
import { print } from "../../scripts/print.ts";
import { FOLDER, PROGRAMS, REPORT } from "./installed.ts";

/** Longest time for one command; a registry that does not answer must not hold up everything. */
const COMMAND_MS = 180_000;

/** A set of clients that is installed by one package manager. */
interface ClientSet {
  readonly name: "npm" | "python";
  /** Files that say what to install; a change of one installs anew. */
  readonly locks: readonly string[];
  readonly commands: readonly { readonly program: string; readonly args: readonly string[] }[];
}

const SETS: readonly ClientSet[] = [
  {
    name: "npm",
    locks: ["package.json", "package-lock.json"],
    // No scripts: what runs is what the hashes of the lock name.
    commands: [{
      program: "npm",
      args: [
        "ci",
        "--prefix",
        `${FOLDER}/npm`,
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--fetch-retry-mintimeout=1000",
      ],
    }],
  },
  {
    name: "python",
    locks: ["requirements.txt"],
    commands: [
      { program: "python3", args: ["-m", "venv", "--clear", `${FOLDER}/python`] },
      {
        program: PROGRAMS.python,
        args: [
          ...["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"],
          ...["--no-deps", "--only-binary=:all:", "--require-hashes", "-r", `${FOLDER}/requirements.txt`],
        ],
      },
    ],
  },
];

/** Installs one set; null, or why it is not there. */
async function install({ name, locks, commands }: ClientSet): Promise<string | null> {
  const texts = await Promise.all(
    locks.map((lock) => Deno.readTextFile(new URL(`${name}/${lock}`, import.meta.url))),
  );
  const stamp = `${FOLDER}/${name}.installed`;
  const wanted = texts.join("\n");
  if (await readOr(stamp, "") === wanted) return null;
  print(`installing the clients of ${name}`);
  const folder = name === "npm" ? `${FOLDER}/npm` : FOLDER;
  await Deno.mkdir(folder, { recursive: true });
  for (const [index, lock] of locks.entries()) {
    await Deno.writeTextFile(`${folder}/${lock}`, texts[index] ?? "");
  }
  for (const command of commands) {
    const reason = await run(command);
    if (reason !== null) return reason;
  }
  await Deno.writeTextFile(stamp, wanted);
  return null;
}

/** Runs a command; null, or why it failed: its last line that says something. */
async function run({ program, args }: ClientSet["commands"][number]): Promise<string | null> {
  try {
    const command = new Deno.Command(program, {
      args: [...args],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      signal: AbortSignal.timeout(COMMAND_MS),
    });
    const { success, code, stdout, stderr } = await command.output();
    if (success) return null;
    const text = new TextDecoder();
    const lines = [stdout, stderr].flatMap((output) => text.decode(output).trim().split("\n"));
    const telling = lines.filter((line) => /^(?:npm error|ERROR)|not available/.test(line)).slice(0, 2);
    return `${program} ended with ${code}: ${telling.join(" ") || lines.at(-1)}`;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable)) throw error;
    return `there is no ${program}`;
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
  const report: Record<string, string | null> = {};
  for (const set of SETS) report[set.name] = await install(set);
  for (const [name, reason] of Object.entries(report)) {
    if (reason !== null) print(`the clients of ${name} are not installed: ${reason}`);
  }
  await Deno.writeTextFile(REPORT, JSON.stringify(report));
}
