// Prints a token of somebody at the auth service that the first argument names; the second is their e-mail address. Nothing but
// the token goes to stdout, so that a shell can take it from there.
import { print } from "../print.ts";
import { NoToken, obtainToken } from "./obtain_token.ts";
import { createTerminal, say } from "./terminal.ts";

const [authUrl = "", email = null] = Deno.args;
const terminal = createTerminal();
if (new URL(authUrl).protocol === "http:" && !isLoopback(new URL(authUrl).hostname)) {
  say("The password travels unencrypted: the address begins with http.");
}
try {
  print(
    await obtainToken({
      authUrl,
      email: email ?? await terminal.ask("E-mail: "),
      password: Deno.env.get("MANA_PASSWORD") || await terminal.askUnseen("Password: "),
      askCode: () => terminal.ask("Code of your authenticator app: "),
      fetch,
    }),
  );
} catch (error) {
  if (!(error instanceof NoToken)) throw error;
  say(error.message);
  Deno.exit(1);
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
