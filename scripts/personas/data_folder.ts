// Prints the data folder of `deno task personas`. It has a variable of its own: in the folder that BACKEND_DATA names live people.
import { print } from "../print.ts";

print(Deno.env.get("PERSONAS_DATA") || "./.mana-personas");
