// Prints the data folder of the embedded backend. The tasks go into it before they start anything: "." is a folder that
// Deno's lists of rights can name whatever it is called, while a comma in a path would split it.
import { print } from "./print.ts";

print(Deno.env.get("BACKEND_DATA") || "./.mana");
