// `deno task token`: starts the program that prints the token, with no more rights than it needs. For `--auth URL` that is the
// network to this one address, which only the arguments tell. Sees neither password nor token.
import { tokenArguments, USAGE } from "./token/token_arguments.ts";
import { runWithRights } from "./stack/run_with_rights.ts";
import { say } from "./token/terminal.ts";

const asked = tokenArguments(Deno.args);
if (!asked.ok) {
  say(`${asked.problem}\n${USAGE}`);
  Deno.exit(64);
}
const { auth } = asked;
const data = Deno.env.get("BACKEND_DATA") || "./.mana";
const code = await runWithRights(
  auth === null
    ? {
      entry: import.meta.resolve("./token/print_first_token.ts"),
      args: [],
      rights: { net: ["127.0.0.1"], read: ["."], env: ["BACKEND_PORT"] },
      folder: data,
      isCached: false,
    }
    : {
      entry: import.meta.resolve("./token/print_token.ts"),
      args: [auth.url, ...(auth.email === null ? [] : [auth.email])],
      rights: { net: [auth.host], env: ["MANA_PASSWORD"] },
      isCached: false,
    },
);
if (code === null) {
  say(
    `There is no data folder ${data}: start the backend with "deno task start" first, or name a service by --auth.`,
  );
}
Deno.exit(code ?? 1);
