/**
 * Kills two gateways at random while sixteen callers work and answers get lost, verifies the ledger, and plants every change that an
 * adversary could make in it. Exits 1 for a false alarm, or where a change was not found.
 *
 *     deno task soak:ledger --calls=1000 --seed=7
 */
import { print } from "../../scripts/print.ts";
import { BROKEN } from "../../scripts/ledger/exit_codes.ts";
import { temporaryFolder } from "../../tests/_support/temporary_folder.ts";
import { crash } from "./crash.ts";

const USAGE = "usage: deno task soak:ledger [--calls=N] [--seed=N]";

/** Number given as `--name=N`. */
function numberOf(args: readonly string[], name: string): number | undefined {
  const given = args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
  if (given === undefined) return undefined;
  if (!/^\d{1,9}$/.test(given)) throw new RangeError(USAGE);
  return Number(given);
}

const calls = numberOf(Deno.args, "calls") ?? 1_000;
const seed = numberOf(Deno.args, "seed") ?? Math.floor(Math.random() * 1e9);
print(`ledger: ${calls} calls, seed ${seed} (again: deno task soak:ledger --calls=${calls} --seed=${seed})`);
await using folder = await temporaryFolder();
const { answers, faults, kills, code, lines, planted, alarms } = await crash({
  calls,
  seed,
  data: `${folder.path}/backend`,
});
for (const [title, tally] of [["answers", answers], ["faults", faults]] as const) {
  print(`\n${title}`);
  for (const [kind, count] of tally.entries()) print(`  ${String(count).padStart(8)}  ${kind}`);
}
print(`\n${kills} kills; the verifier ends with ${code}`);
for (const line of lines) print(`  ${line}`);
print("\nplanted: found of tried");
for (const [name, { found, tried }] of planted.counts) {
  print(`  ${String(found).padStart(4)} of ${tried}  ${name}`);
}
if (alarms.length > 0) print("\nkilled at the first write");
for (const line of alarms) print(`  ${line}`);
const isGood = code !== BROKEN && planted.missed.length === 0 && alarms.length === 0;
print(isGood ? "\nno false alarm, and every change was found" : "\nFAILED");
Deno.exitCode = isGood ? 0 : 1;
