import { print } from "./print.ts";

/** Prints the path of the running Deno, so that a task can allow exactly this program to be started. */
print(Deno.execPath());
