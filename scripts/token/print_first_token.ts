// Prints a fresh token of the first person of a running `deno task start`, whose data folder it is started in.
import { readFirstPerson } from "../stack/read_first_person.ts";
import { signIn } from "../stack/sign_in.ts";
import { print } from "../print.ts";

const port = Deno.env.get("BACKEND_PORT") || "3001";
const { email, password } = await readFirstPerson(".");
print(await signIn(`http://127.0.0.1:${port}`, email, password));
