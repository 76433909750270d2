import { readFirstPerson } from "./first_person_file.ts";
import { signIn } from "./sign_in.ts";
import { print } from "./print.ts";

/** Prints a fresh token of the first person of a running `deno task start`. */
const data = Deno.env.get("BACKEND_DATA") || "./.mana";
const port = Deno.env.get("BACKEND_PORT") || "3001";
const { email, password } = await readFirstPerson(data);
print(await signIn(`http://127.0.0.1:${port}`, email, password));
