// A token of somebody at the terminal, from the auth service that they named. The password comes from `MANA_PASSWORD`, or is asked for.
import { isUnencrypted } from "./is_unencrypted.ts";
import { obtainToken } from "./obtain_token.ts";
import { say, type Terminal } from "./terminal.ts";

/** Asks for what is missing, and signs in. Throws {@link NoToken}, which says what to do. */
export async function signInAt({ authUrl, email }: TerminalAccount, terminal: Terminal): Promise<string> {
  if (isUnencrypted(authUrl)) say("The password travels unencrypted: the address begins with http.");
  return await obtainToken({
    authUrl,
    email: email ?? await terminal.ask("E-mail: "),
    password: Deno.env.get("MANA_PASSWORD") || await terminal.askUnseen("Password: "),
    askCode: () => terminal.ask("Code of your authenticator app: "),
    fetch,
  });
}

/** Whose token, and where. */
export interface TerminalAccount {
  /** Without a trailing slash. */
  readonly authUrl: string;
  /** Null where it has to be asked for. */
  readonly email: string | null;
}
