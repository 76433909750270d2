// The command line of `deno task serve`. Without arguments the task starts the gateway itself, and none of this is loaded.
import { MAX_WORKERS } from "../../lib/settings/node_settings.ts";

/** How the task is called. */
export const USAGE = `deno task serve [--workers N]
  --workers N   N gateways on one port, from 1 to ${MAX_WORKERS}; as many as the computer has processors is a good number
Without it there is one gateway, and no process besides. Everything else is set by variables: see the README.`;

/** How many workers are asked for; null for arguments that make no sense. */
export function readWorkerCount(args: readonly string[]): number | null {
  const words = args.flatMap((arg) => arg.startsWith("--workers=") ? arg.split("=") : [arg]);
  const [name, text = "", ...more] = words;
  if (name !== "--workers" || more.length > 0 || !/^[1-9]\d?$/.test(text)) return null;
  return Number(text) <= MAX_WORKERS ? Number(text) : null;
}
