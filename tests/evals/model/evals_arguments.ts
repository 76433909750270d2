// What `deno task evals` is told at its command line.
import { parseArgs } from "node:util";

/** What was asked for. */
export interface EvalsArguments {
  /** The model's name in the Messages API. */
  readonly model: string;
  /** Tokens that the whole run may take; it stops before more. */
  readonly tokens: number;
  /** Whether the choices are written where CI reads them. */
  readonly record: boolean;
}

/** Reads the arguments, or says what is wrong with them. */
export function readEvalsArguments(args: readonly string[]): EvalsArguments | { readonly problem: string } {
  let values;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        model: { type: "string", default: "claude-haiku-4-5" },
        tokens: { type: "string", default: "3000000" },
        record: { type: "boolean", default: false },
      },
    }));
  } catch {
    return { problem: `Known are --model=NAME, --tokens=N and --record, and not all of: ${args.join(" ")}` };
  }
  const { model, tokens, record } = values;
  if (!/^[A-Za-z0-9._:@-]{1,100}$/.test(model)) return { problem: "--model takes the name of a model." };
  if (!/^[1-9]\d{0,9}$/.test(tokens)) return { problem: "--tokens takes how many tokens the run may take." };
  return { model, tokens: Number(tokens), record };
}
