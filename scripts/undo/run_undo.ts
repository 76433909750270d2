// The program that `deno task undo` starts: gets the person's token, asks the gateway, and ends with the code that tells how it went.
import { readFirstPerson } from "../stack/read_first_person.ts";
import { signIn } from "../stack/sign_in.ts";
import { isUnencrypted } from "../token/is_unencrypted.ts";
import { NoToken } from "../token/obtain_token.ts";
import { signInAt } from "../token/sign_in_at.ts";
import { createTerminal, say, type Terminal } from "../token/terminal.ts";
import { print } from "../print.ts";
import { REFUSED } from "./exit_codes.ts";
import { connectGateway, NoAnswer } from "./mcp_gateway.ts";
import { takeBack } from "./take_back.ts";
import { UndoTask } from "./undo_arguments.ts";

const task = UndoTask.parse(JSON.parse(Deno.args[0] ?? ""));
const terminal = createTerminal();
Deno.exit(await run(task, terminal));

async function run(task: UndoTask, terminal: Terminal): Promise<number> {
  if (isUnencrypted(task.gateway)) {
    say("Your token travels unencrypted: the address of the gateway begins with http.");
  }
  try {
    const token = await tokenOf(task, terminal);
    await using gateway = await connectGateway({ url: task.gateway, token, fetch });
    const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
    return await takeBack({ gateway, print, say, ask: terminal.ask, now: Date.now, wait }, task);
  } catch (error) {
    if (!(error instanceof NoToken) && !(error instanceof NoAnswer)) throw error;
    say(error.message);
    return REFUSED;
  }
}

async function tokenOf({ account }: UndoTask, terminal: Terminal): Promise<string> {
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
