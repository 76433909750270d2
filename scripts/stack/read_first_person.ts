// The first person of an embedded backend, out of its data folder (backend/data_folder/ensure_first_person.ts).
import { z } from "zod";
import { FIRST_PERSON_FILE } from "../../backend/data_folder/ensure_first_person.ts";

const FirstPerson = z.object({ email: z.string(), password: z.string() });

/** Reads the first person of an embedded backend out of its data folder. */
export async function readFirstPerson(data: string): Promise<z.infer<typeof FirstPerson>> {
  let text: string;
  try {
    text = await Deno.readTextFile(`${data}/${FIRST_PERSON_FILE}`);
  } catch (cause) {
    throw new Error(
      `Cannot find the first person in ${data}: start the backend with "deno task start" first`,
      { cause },
    );
  }
  return FirstPerson.parse(JSON.parse(text));
}
