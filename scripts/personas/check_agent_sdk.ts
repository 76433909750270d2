// Whether the Claude Agent SDK is installed. Where it is not, says how it gets here, and ends with 1.
import { PROGRAM } from "../../runner/agent_sdk/installed.ts";
import { print } from "../print.ts";

try {
  await Deno.stat(PROGRAM);
} catch (error) {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
  print("The Claude Agent SDK is not installed. Read runner/agent_sdk/README.md, then:");
  print("  deno task personas:agent-sdk:install");
  Deno.exitCode = 1;
}
