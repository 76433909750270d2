// Whose token a task works with: the first person of a running start, somebody at an auth service, or whoever MANA_TOKEN is of. A token
// and a password are never among the arguments: others could read them in the list of processes.
import { z } from "zod";
import { readFirstPerson } from "../stack/read_first_person.ts";
import { signIn } from "../stack/sign_in.ts";
import { NoToken } from "./obtain_token.ts";
import { signInAt } from "./sign_in_at.ts";
import type { Terminal } from "./terminal.ts";

/** Reads {@link Account}. */
export const Account = z.discriminatedUnion("kind", [
  /** The first person of a running start, whose auth service this is. */
  z.object({ kind: z.literal("first"), authUrl: z.string() }),
  /** Somebody at an auth service; a null address is asked for. */
  z.object({ kind: z.literal("auth"), authUrl: z.string(), email: z.string().nullable() }),
  /** Whoever `MANA_TOKEN` is of. */
  z.object({ kind: z.literal("token") }),
]);
/** Whose token it is. */
export type Account = z.infer<typeof Account>;

/** Gets the token. Throws {@link NoToken}, which says what to do. */
export async function tokenOf(account: Account, terminal: Terminal): Promise<string> {
  switch (account.kind) {
    case "auth":
      return await signInAt(account, terminal);
    case "token": {
      const token = Deno.env.get("MANA_TOKEN")?.trim() ?? "";
      if (!/^[\w.~+/-]+=*$/.test(token)) {
        throw new NoToken("MANA_TOKEN is no token: deno task --quiet token prints one.");
      }
      return token;
    }
    case "first":
      return await firstToken(account.authUrl);
  }
}

async function firstToken(authUrl: string): Promise<string> {
  let person: Awaited<ReturnType<typeof readFirstPerson>>;
  try {
    person = await readFirstPerson(".");
  } catch {
    throw new NoToken(
      'There is no first person in the data folder: start the backend with "deno task start" first.',
    );
  }
  try {
    return await signIn(authUrl, person.email, person.password);
  } catch {
    throw new NoToken(
      'The backend does not answer or does not know its first person: is "deno task start" running?',
    );
  }
}
