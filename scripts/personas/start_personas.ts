// `deno task personas`: twelve people who do not exist at work, on the folder that it is started in. docs/personas.md.
import { readCatalogue } from "../../runner/catalogue/read_catalogue.ts";
import { clean, list, open, seed } from "./life_cycle.ts";
import { BAD_ARGUMENTS, personasArguments, type PersonasTask, USAGE } from "./personas_arguments.ts";
import { HANDED_ON, USUAL_PORTS } from "./personas_stack.ts";
import { runOn } from "./run_on.ts";
import { runOnce } from "./run_once.ts";
import { listenForStop, type StopSignals } from "../stack/stop_signals.ts";
import { print } from "../print.ts";

/** The backend's data folder. */
const DATA = ".";
/** Where that is, for commands that are shown. */
const DATA_VARIABLE = "PERSONAS_DATA";
/** Folder for throw-away data folders, the one place besides running.json that this process may write to. */
const ONCE = "once";

const asked = personasArguments(Deno.args, readCatalogue().map(({ name }) => name));
if (!asked.ok) {
  print(`${asked.problem}\n${USAGE}`);
  Deno.exit(BAD_ARGUMENTS);
}
try {
  Deno.exit(await run(asked.task));
} catch (error) {
  print(error instanceof Error ? error.message : String(error));
  Deno.exit(1);
}

async function run(task: PersonasTask): Promise<number> {
  switch (task.kind) {
    case "help":
      print(USAGE);
      return 0;
    case "once":
      return await runOnce(task, { parent: ONCE, env: read(HANDED_ON), signals: listen() });
    case "seed":
      return await seed(DATA);
    case "list":
      return await list(DATA);
    case "clean":
      return await clean(DATA);
    case "open":
      return await open(DATA, task.name);
    case "start":
      return await runOn({
        data: DATA,
        env: read(HANDED_ON),
        ports: read(Object.keys(USUAL_PORTS)),
        command: command(),
        signals: listen(),
      });
  }
}

function listen(): StopSignals {
  return listenForStop({ addSignalListener: Deno.addSignalListener, elapsed: () => performance.now() });
}

/** How the task is called for the same folder once more. */
function command(): string {
  // Started through npx, there is no `deno` to type.
  const deno = Deno.execPath().includes("node_modules") ? "npx -y deno@2.9.6" : "deno";
  const folder = Deno.env.get(DATA_VARIABLE);
  return `${
    folder === undefined || folder === "" ? "" : `${DATA_VARIABLE}='${folder}' `
  }${deno} task personas`;
}

/** Variables that are set to something. */
function read(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined || value === "" ? [] : [[name, value]];
  }));
}
