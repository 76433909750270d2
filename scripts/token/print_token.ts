// Prints a token of somebody at the auth service that the first argument names; the second is their e-mail address. Nothing but
// the token goes to stdout, so that a shell can take it from there.
import { print } from "../print.ts";
import { NoToken } from "./obtain_token.ts";
import { signInAt } from "./sign_in_at.ts";
import { createTerminal, say } from "./terminal.ts";

const [authUrl = "", email = null] = Deno.args;
try {
  print(await signInAt({ authUrl, email }, createTerminal()));
} catch (error) {
  if (!(error instanceof NoToken)) throw error;
  say(error.message);
  Deno.exit(1);
}
