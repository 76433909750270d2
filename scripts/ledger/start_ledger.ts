// `deno task ledger`: verifies what is noted about the calls of assistants. Starts the program that does it, with no more rights than it
// needs: the services and the files that the arguments name. Sees neither password nor token.
import { BAD_USAGE, CLEAN, INCOMPLETE, saidCode } from "./exit_codes.ts";
import { filesOf, hostsOf, ledgerArguments, USAGE } from "./ledger_arguments.ts";
import { print } from "../print.ts";
import { runWithRights } from "../stack/run_with_rights.ts";
import { say } from "../token/terminal.ts";

if (Deno.args.includes("--help")) {
  print(USAGE);
  Deno.exit(CLEAN);
}
const asked = ledgerArguments(Deno.args, {
  // Where the task was called; a task itself runs in the folder of deno.json.
  folder: Deno.env.get("INIT_CWD") || "/",
  zone: Temporal.Now.timeZoneId(),
  now: Date.now(),
  hasToken: Deno.env.has("MANA_TOKEN"),
  authPort: Deno.env.get("BACKEND_PORT") || "3001",
  syncPort: Deno.env.get("BACKEND_SYNC_PORT") || "3050",
});
if (!asked.ok) {
  say(Deno.args.length === 0 ? USAGE : `${asked.problem}\nAll that it takes: deno task ledger --help`);
  Deno.exit(BAD_USAGE);
}
const { task } = asked;
const kind = task.kind === "file" ? null : task.account.kind;
const data = Deno.env.get("BACKEND_DATA") || "./.mana";
const files = filesOf(task);
const code = await runWithRights({
  entry: import.meta.resolve("./run_ledger.ts"),
  args: [JSON.stringify(task)],
  rights: {
    net: hostsOf(task),
    read: [...(kind === "first" ? ["."] : []), ...files.read],
    write: files.write,
    env: kind === "auth" ? ["MANA_PASSWORD"] : kind === "token" ? ["MANA_TOKEN"] : [],
  },
  folder: kind === "first" ? data : undefined,
  isCached: true,
});
if (code === null) {
  say(
    `There is no data folder ${data}: start the backend with "deno task start" first, or name your services by --auth and --sync.`,
  );
  Deno.exit(INCOMPLETE);
}
const said = saidCode(code);
if (said === null) say("Nothing was verified: the program did not come to its end.");
Deno.exit(said ?? INCOMPLETE);
