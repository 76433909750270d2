/**
 * Runs the official MCP conformance suite against {@link ./fixture_server.ts}, once for each revision we claim, with the
 * product's fast path in front of the SDK and without, and then its scenarios of the skills extension against the product itself.
 * Prints one line per scenario and `N passed, N failed` over the required ones. Exits 1 when one of them fails or
 * is missing. The scenarios that a revision does not require run too; their lines say so and do not count.
 */
import { runSkills } from "./run_skills.ts";
import { firstLine, npmCacheFolder, print, SUITE, suiteRights } from "./suite.ts";
import { parseSummary, type ScenarioOutcome } from "./summary.ts";

/** Required server scenarios per revision, as frozen by the suite: a run must not shrink unnoticed. */
const REQUIRED = { "2026-07-28": 37, "2025-11-25": 30 } as const;

/** The rights of the fixture: to listen on one loopback port of the system's choice. */
const FIXTURE_RIGHTS = ["--no-prompt", "--allow-net=127.0.0.1:0"];

function deno(args: string[], stderr: "inherit" | "piped"): Deno.Command {
  return new Deno.Command(Deno.execPath(), { args, stdin: "null", stdout: "piped", stderr });
}

async function runSuite(url: URL, revision: string, npmCache: string): Promise<ScenarioOutcome[]> {
  const args = ["run", ...SUITE.flags, ...suiteRights(url.host, npmCache), SUITE.specifier];
  const suite = deno([...args, "server", "--url", url.href, "--requirements", revision], "piped");
  const { success, stdout, stderr } = await suite.output();
  const text = new TextDecoder().decode(stdout);
  if (!success) print(`${text}\n${new TextDecoder().decode(stderr)}`);
  const outcomes = parseSummary(text);
  if (success || outcomes.some(({ ok, required }) => required && !ok)) return outcomes;
  return [...outcomes, {
    name: "the suite itself",
    ok: false,
    checks: "exited with an error",
    required: true,
  }];
}

/** Runs both revisions against one fixture. */
async function runPath(
  path: string,
  fixtureArgs: readonly string[],
): Promise<{ passed: number; failed: number }> {
  const fixture = deno(
    ["run", ...FIXTURE_RIGHTS, new URL("fixture_server.ts", import.meta.url).href, ...fixtureArgs],
    "inherit",
  ).spawn();
  let passed = 0;
  let failed = 0;
  try {
    const url = new URL(await firstLine(fixture.stdout));
    const npmCache = await npmCacheFolder();
    for (const [revision, expected] of Object.entries(REQUIRED)) {
      const outcomes = await runSuite(url, revision, npmCache);
      for (const { name, ok, checks, required } of outcomes) {
        const mark = required ? (ok ? "ok  " : "FAIL") : "--  ";
        print(`${path} ${revision} ${mark} ${name} (${checks}${required ? "" : ", not required"})`);
      }
      const required = outcomes.filter((outcome) => outcome.required);
      const good = required.filter(({ ok }) => ok).length;
      const missing = Math.max(expected - required.length, 0);
      if (missing > 0) print(`${path} ${revision} FAIL ${missing} required scenarios did not run`);
      passed += good;
      failed += required.length - good + missing;
    }
  } finally {
    fixture.kill("SIGTERM");
    await fixture.status;
  }
  return { passed, failed };
}

if (import.meta.main) {
  const runs = [await runPath("short", []), await runPath("sdk  ", ["--sdk-only"]), await runSkills()];
  const total = (which: "passed" | "failed") => runs.reduce((sum, run) => sum + run[which], 0);
  print(`${total("passed")} passed, ${total("failed")} failed`);
  Deno.exitCode = total("failed") === 0 ? 0 : 1;
}
