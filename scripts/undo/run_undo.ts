// The program that `deno task undo` starts: gets the person's token, asks the gateway, and ends with the code that tells how it went.
import { tokenOf } from "../token/account.ts";
import { isUnencrypted } from "../token/is_unencrypted.ts";
import { NoToken } from "../token/obtain_token.ts";
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
    const token = await tokenOf(task.account, terminal);
    await using gateway = await connectGateway({ url: task.gateway, token, fetch });
    const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
    return await takeBack({ gateway, print, say, ask: terminal.ask, now: Date.now, wait }, task);
  } catch (error) {
    if (!(error instanceof NoToken) && !(error instanceof NoAnswer)) throw error;
    say(error.message);
    return REFUSED;
  }
}
