// `deno task token`: starts the program that prints the token, with no more rights than it needs. For `--auth URL` that is the
// network to this one address, which only the arguments tell. Sees neither password nor token.
import { tokenArguments, USAGE } from "./token/token_arguments.ts";
import { say } from "./token/terminal.ts";

const asked = tokenArguments(Deno.args);
if (!asked.ok) {
  say(`${asked.problem}\n${USAGE}`);
  Deno.exit(64);
}
const { auth } = asked;
const run = ["run", "--quiet", "--no-prompt", "--ignore-env"];
const data = Deno.env.get("BACKEND_DATA") || "./.mana";
const program = new Deno.Command(Deno.execPath(), {
  // The folder is named by "." alone: a comma in its path would split a list of rights.
  ...(auth === null ? { cwd: data } : {}),
  args: auth === null
    ? [
      ...run,
      "--allow-net=127.0.0.1",
      "--allow-read=.",
      "--allow-env=BACKEND_PORT",
      import.meta.resolve("./token/print_first_token.ts"),
    ]
    : [
      ...run,
      `--allow-net=${auth.host}`,
      "--allow-env=MANA_PASSWORD",
      import.meta.resolve("./token/print_token.ts"),
      auth.url,
      ...(auth.email === null ? [] : [auth.email]),
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
    `There is no data folder ${data}: start the backend with "deno task start" first, or name a service by --auth.`,
  );
  Deno.exit(1);
}
