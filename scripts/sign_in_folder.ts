// Prints the folder that `deno task sign-in` goes into before it starts anything: the data folder, so that no path has to stand in
// a flag, where a comma or a space would split it; this folder where the data lies in PostgreSQL.
import { print } from "./print.ts";

print(Deno.env.get("SIGN_IN_DATABASE_URL") ? "." : Deno.env.get("SIGN_IN_DATA") || "./.mana-sign-in");
