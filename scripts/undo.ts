// `deno task undo`: takes back what an app did. Starts the program that does it, with no more rights than it needs: the network to the
// gateway and the auth service alone, which only the arguments tell. Sees neither password nor token.
import { say } from "./token/terminal.ts";
import { print } from "./print.ts";
import { BAD_ARGUMENTS, DONE, REFUSED } from "./undo/exit_codes.ts";
import { hostsOf, undoArguments, USAGE } from "./undo/undo_arguments.ts";

if (Deno.args.includes("--help")) {
  print(USAGE);
  Deno.exit(DONE);
}
const asked = undoArguments(Deno.args, {
  zone: Temporal.Now.timeZoneId(),
  now: Date.now(),
  canAsk: Deno.stdin.isTerminal(),
  hasToken: Deno.env.has("MANA_TOKEN"),
  gatewayPort: Deno.env.get("PORT") || "3069",
  authPort: Deno.env.get("BACKEND_PORT") || "3001",
});
if (!asked.ok) {
  say(Deno.args.length === 0 ? USAGE : `${asked.problem}\nAll that it takes: deno task undo --help`);
  Deno.exit(BAD_ARGUMENTS);
}
const { request } = asked;
const { kind } = request.account;
const data = Deno.env.get("BACKEND_DATA") || "./.mana";
const program = new Deno.Command(Deno.execPath(), {
  // The folder is named by "." alone: a comma in its path would split a list of rights.
  ...(kind === "first" ? { cwd: data } : {}),
  args: [
    "run",
    "--quiet",
    "--cached-only",
    "--no-prompt",
    "--ignore-env",
    `--allow-net=${hostsOf(request).join(",")}`,
    ...(kind === "first" ? ["--allow-read=."] : []),
    ...(kind === "auth" ? ["--allow-env=MANA_PASSWORD"] : []),
    ...(kind === "token" ? ["--allow-env=MANA_TOKEN"] : []),
    import.meta.resolve("./undo/run_undo.ts"),
    JSON.stringify(request),
  ],
  stdin: "inherit",
  stdout: "inherit",
  stderr: "inherit",
});
try {
  const { code } = await program.spawn().status;
  Deno.exit(code);
} catch (error) {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
  say(
    `There is no data folder ${data}: start the backend with "deno task start" first, or name your services by --auth and --gateway.`,
  );
  Deno.exit(REFUSED);
}
