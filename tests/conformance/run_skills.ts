/**
 * Runs the official suite's scenarios of the skills extension (SEP-2640) against the product. They belong to no revision, so they are run
 * by name. Prints one line per scenario and `N passed, N failed`; exits 1 when a scenario has failed or did not run.
 */
import { firstLine, npmCacheFolder, print, SUITE, suiteRights } from "./suite.ts";

const SCENARIOS = ["sep-2640-skills-enumeration", "sep-2640-skills-directory", "sep-2640-skills-manifest"];
/** The rights of the gateway in its world: to listen, to read its sources, and to keep nothing. */
const SERVER_RIGHTS = ["--no-prompt", "--allow-net=127.0.0.1:0", "--allow-read=.", "--ignore-env"];

/** How many scenarios hold. */
export async function runSkills(): Promise<{ passed: number; failed: number }> {
  const server = new Deno.Command(Deno.execPath(), {
    args: ["run", ...SERVER_RIGHTS, new URL("skills_server.ts", import.meta.url).href],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let passed = 0;
  try {
    const url = new URL(await firstLine(server.stdout));
    const rights = suiteRights(url.host, await npmCacheFolder());
    for (const scenario of SCENARIOS) {
      const { success, stdout } = await new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          ...SUITE.flags,
          ...rights,
          SUITE.specifier,
          "server",
          "--url",
          url.href,
          "--scenario",
          scenario,
          "--force",
        ],
        stdin: "null",
        stdout: "piped",
        stderr: "inherit",
      }).output();
      const text = new TextDecoder().decode(stdout);
      const [, counts = "did not run"] = /^Passed: (.+)$/m.exec(text) ?? [];
      const ok = success && /^[1-9]\d*\/\d+, 0 failed/.test(counts);
      print(`skills ${ok ? "ok  " : "FAIL"} ${scenario} (${counts})`);
      if (ok) passed++;
      else print(text);
    }
  } finally {
    server.kill("SIGTERM");
    await server.status;
  }
  return { passed, failed: SCENARIOS.length - passed };
}
