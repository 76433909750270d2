// `deno task serve --workers N`: starts N gateways that share one port, each a process with exactly the gateway's rights, and starts
// again what ends. This process has one right, to run this Deno; it listens on nothing, reads no setting and sees no request.
import { createClock } from "../../lib/kit/clock.ts";
import { createLog } from "../../lib/observe/log.ts";
import { EX_USAGE } from "../../process/exit_codes.ts";
import { createOutput } from "./output.ts";
import { prepareWorkers } from "./prepare_workers.ts";
import { readWorkerCount, USAGE } from "./serve_arguments.ts";
import { createSupervisor } from "./supervisor.ts";
import { startWorker } from "./worker_process.ts";

const stdout = createOutput(Deno.stdout);
const stderr = createOutput(Deno.stderr);
const count = readWorkerCount(Deno.args);
if (count === null) {
  await stderr.write(new TextEncoder().encode(`${USAGE}\n`));
  Deno.exit(EX_USAGE);
}
const prepared = await prepareWorkers(count);
if (!prepared.ok) Deno.exit(prepared.code);
const clock = createClock({ calendar: Date.now, elapsed: () => performance.now() });
const supervisor = createSupervisor({
  starts: prepared.workers.map((worker) => () => startWorker({ ...worker, stdout, stderr })),
  clock,
  log: createLog({
    level: "info",
    clock,
    write: (line) => void stdout.write(new TextEncoder().encode(`${line}\n`)),
  }),
});
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.addSignalListener(signal, () => supervisor.stop());
}
const code = await supervisor.ended;
await stdout.flushed();
Deno.exit(code);
