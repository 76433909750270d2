// `deno task undo`: takes back what an app did. Starts the program that does it, with no more rights than it needs: the network to the
// gateway and the auth service alone, which only the arguments tell. Sees neither password nor token.
import { say } from "./token/terminal.ts";
import { print } from "./print.ts";
import { runWithRights } from "./stack/run_with_rights.ts";
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
const code = await runWithRights({
  entry: import.meta.resolve("./undo/run_undo.ts"),
  args: [JSON.stringify(request)],
  rights: {
    net: hostsOf(request),
    read: kind === "first" ? ["."] : [],
    env: kind === "auth" ? ["MANA_PASSWORD"] : kind === "token" ? ["MANA_TOKEN"] : [],
  },
  folder: kind === "first" ? data : undefined,
  isCached: true,
});
if (code === null) {
  say(
    `There is no data folder ${data}: start the backend with "deno task start" first, or name your services by --auth and --gateway.`,
  );
}
Deno.exit(code ?? REFUSED);
