// Prints the path of the running Deno, so that a task can allow exactly this program to be started.
import { print } from "./print.ts";

print(Deno.execPath());
