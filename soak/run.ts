/**
 * Drives clients and devices against the real gateway and the real backend with faults in between, and holds everything
 * that anybody was told against the log. Prints what was done and `N passed, N failed` over the checks; exits 1 when one
 * of them failed, or had nothing to look at.
 *
 *     deno task soak --seconds=300 --seed=7 --clients=64
 *
 * With `--nodes=2` there are two gateways behind a load balancer, with `--valkey` they share a store.
 */
import { print } from "../scripts/print.ts";
import { temporaryFolder } from "../tests/_support/temporary_folder.ts";
import { isValkeyInstalled } from "../tests/_support/valkey.ts";
import { soak } from "./soak.ts";
import type { SoakOptions, SoakReport } from "./soak_report.ts";
import { checksOf } from "./verdicts.ts";

const USAGE = "usage: deno task soak [--seconds=N] [--seed=N] [--clients=N] [--nodes=N] [--valkey]";

/** Number given as `--name=N`. */
function numberOf(args: readonly string[], name: string): number | undefined {
  const given = args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
  if (given === undefined) return undefined;
  if (!/^\d{1,9}$/.test(given)) throw new RangeError(USAGE);
  return Number(given);
}

function printReport(
  { history, answers, faults, restarts, deeds, verdicts }: SoakReport,
  options: Pick<SoakOptions, "nodes" | "hasStore">,
): boolean {
  const checks = checksOf(options);
  const count = (outcome: string) => history.writes.filter((write) => write.outcome === outcome).length;
  const table = (title: string, entries: readonly (readonly [string, number])[]) => {
    print(`\n${title}`);
    for (const [kind, number] of entries) print(`  ${String(number).padStart(8)}  ${kind}`);
  };
  table("answers to clients", answers.entries());
  table(
    "writes of clients",
    ["acknowledged", "unknown", "refused"].map((outcome) => [outcome, count(outcome)]),
  );
  table("faults", faults.entries());
  table("restarts", restarts.entries());
  table("devices and surroundings", deeds.entries());
  print("\nchecks");
  let good = 0;
  for (const check of checks) {
    const { passed, failed, evidence } = verdicts.of(check);
    const ok = failed === 0 && passed > 0;
    if (ok) good += 1;
    print(`  ${ok ? "ok  " : "FAIL"} ${check} (${passed} passed, ${failed} failed)`);
    for (const line of evidence) print(`         ${line}`);
  }
  print(`\n${good} passed, ${checks.length - good} failed`);
  return good === checks.length;
}

if (import.meta.main) {
  let code = 1;
  try {
    const seconds = numberOf(Deno.args, "seconds") ?? 300;
    const seed = numberOf(Deno.args, "seed") ?? Math.floor(Math.random() * 1e9);
    const isShort = seconds < 60;
    const clients = numberOf(Deno.args, "clients") ?? (isShort ? 24 : 64);
    const nodes = numberOf(Deno.args, "nodes") ?? 1;
    const hasStore = Deno.args.includes("--valkey");
    if (nodes === 0 || (hasStore && nodes === 1)) throw new RangeError(USAGE);
    if (hasStore && !isValkeyInstalled()) Deno.exit(0);
    const more = `${nodes === 1 ? "" : ` --nodes=${nodes}`}${hasStore ? " --valkey" : ""}`;
    print(
      `soak: ${seconds} s, seed ${seed} (again: deno task soak --seconds=${seconds} --seed=${seed}${more})`,
    );
    await using folder = await temporaryFolder();
    const options: SoakOptions = {
      seed,
      seconds,
      clients,
      people: isShort ? 6 : 10,
      devices: 4,
      nodes,
      hasStore,
      folder: folder.path,
      print,
    };
    code = printReport(await soak(options), options) ? 0 : 1;
  } catch (error) {
    print(error instanceof Error ? `${error.name}: ${error.message}\n${error.stack}` : String(error));
  }
  Deno.exit(code);
}
