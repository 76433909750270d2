// The command line face of the probe; see README.md.
import { compare } from "./compare.ts";
import { readRecorded } from "./read_recorded.ts";

/** Reads `--name value` pairs, asks, prints the differences and ends with 1 where there are any. */
async function main(): Promise<void> {
  const given = new Map<string, string>();
  for (let i = 0; i + 1 < Deno.args.length; i += 2) {
    given.set(String(Deno.args[i]).replace(/^--/, ""), String(Deno.args[i + 1]));
  }
  const command = Deno.env.get("PROBE_VERIFY")?.split(" ");
  const expected = given.get("expect");
  const { passed, failed, differences, answers } = await compare({
    auth: given.get("auth") ?? "http://localhost:3001",
    sync: given.get("sync") ?? "http://localhost:3050",
    serviceKey: Deno.env.get("PROBE_SERVICE_KEY") ?? "dev-service-key",
    recorded: expected === undefined ? [] : await readRecorded(expected),
    verify: async (email) => {
      if (command?.[0] === undefined) return;
      const { success } = await new Deno.Command(command[0], { args: [...command.slice(1), email] }).output();
      if (!success) throw new Error("PROBE_VERIFY failed");
    },
  });
  const out = given.get("out");
  if (out !== undefined) await Deno.writeTextFile(out, JSON.stringify(answers, null, 1) + "\n");
  for (const { name, recorded, here } of differences) {
    print(`✗ ${name}\n    recorded ${recorded.slice(0, 1500)}\n    here     ${here.slice(0, 1500)}`);
  }
  print(expected === undefined ? `${answers.length} answers recorded` : `${passed} passed, ${failed} failed`);
  Deno.exit(failed > 0 ? 1 : 0);
}

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

if (import.meta.main) await main();
