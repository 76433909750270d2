/**
 * Writes the locks of the sets anew, after a change of versions.json; needs npm, and python3 with uv. Run it from the checkout:
 * `deno run --allow-read --allow-write --allow-run tests/real_clients/install/lock.ts [SET …]`.
 */
import { print } from "../../../scripts/print.ts";
import { lockOf, packageJsonOf, type Packages, requirementsOf, SETS } from "./client_sets.ts";
import { type Command, runCommand } from "./run_command.ts";

async function lock(name: string, packages: Packages): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const made = "npm" in packages ? "package-lock.json" : "requirements.txt";
    await Deno.writeTextFile(
      `${folder}/${"npm" in packages ? "package.json" : "requirements.in"}`,
      "npm" in packages ? packageJsonOf(name, packages) : requirementsOf(packages),
    );
    const command = "npm" in packages ? npmCommand(folder) : uvCommand(folder, made);
    const reason = await runCommand(command);
    if (reason !== null) throw new Error(`${name}: ${reason}`);
    await Deno.copyFile(`${folder}/${made}`, lockOf(name, packages));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function npmCommand(cwd: string): Command {
  return { program: "npm", args: ["install", "--package-lock-only", "--ignore-scripts", "--no-audit"], cwd };
}

function uvCommand(cwd: string, made: string): Command {
  const args = ["-m", "uv", "pip", "compile", "--universal", "--python-version", "3.11", "--generate-hashes"];
  return {
    program: "python3",
    args: [...args, "--no-annotate", "--no-header", "requirements.in", "-o", made],
    cwd,
  };
}

for (const [name, packages] of SETS) {
  if (Deno.args.length > 0 && !Deno.args.includes(name)) continue;
  await lock(name, packages);
  print(`locked ${name}`);
}
