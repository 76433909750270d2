// Prints the variables that `deno task personas` reads and hands on, so that the task can allow exactly these.
import { CACHE_VARIABLES } from "../stack/deno_process.ts";
import { print } from "../print.ts";
import { HANDED_ON } from "./personas_stack.ts";

// The folder is read for the commands that the task shows, and is not handed on.
print(["PERSONAS_DATA", ...HANDED_ON, ...CACHE_VARIABLES].join(","));
