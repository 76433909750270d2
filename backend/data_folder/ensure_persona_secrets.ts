// The secrets of synthetic people, in `personas.json` (0600): made when they are switched on, for a supervisor to hand to the runner.
// Beside secrets.json and not in it, since that file is made once, at the first start, and never changed.
import { z } from "zod";
import { SetupFault } from "../../sign_in/kit/setup_fault.ts";
import { writePrivateFile } from "../../sign_in/data_folder/write_private_file.ts";
import { KEY_BYTES } from "../kit/limits.ts";

/**
 * Reads the secrets, or makes them, in a folder that exists. What the operator has set counts before what is stored, and is not
 * stored.
 *
 * @throws {SetupFault} when the file cannot be understood: new secrets would lock every persona out until it is seeded again
 */
export async function ensurePersonaSecrets(deps: PersonaSecretsDeps): Promise<PersonaSecrets> {
  const stored = await readPersonaSecrets(deps.data) ?? await make(deps);
  const { seedSecret = stored.seedSecret, key = stored.key } = deps.wanted;
  return { ...stored, seedSecret, key };
}

/** The stored secrets; `undefined`: personas were never switched on here. @throws {SetupFault} when they cannot be understood */
export async function readPersonaSecrets(data: string): Promise<PersonaSecrets | undefined> {
  const path = `${data}/${PERSONAS_FILE}`;
  try {
    return Stored.parse(JSON.parse(await Deno.readTextFile(path)));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    // The errors of the parsers would quote the file.
    throw new SetupFault(
      `Cannot read ${path}: it does not hold the expected secrets; delete it to make new ones, and seed the personas again`,
    );
  }
}

/** What the secrets are made of. */
export interface PersonaSecretsDeps {
  /** The data folder. */
  readonly data: string;
  /** What the operator has set. */
  readonly wanted: { readonly seedSecret: string | undefined; readonly key: string | undefined };
  readonly randomBytes: (length: number) => Uint8Array<ArrayBuffer>;
}

/** Name of the file in the data folder. */
export const PERSONAS_FILE = "personas.json";

const secret = z.string().min(16);
const Stored = z.object({ seedSecret: secret, key: secret, operatorPassword: secret });

/** Secrets of synthetic people. */
export type PersonaSecrets = z.infer<typeof Stored>;

async function make({ data, randomBytes }: PersonaSecretsDeps): Promise<PersonaSecrets> {
  const secretText = () => randomBytes(KEY_BYTES).toBase64({ alphabet: "base64url", omitPadding: true });
  const made = { seedSecret: secretText(), key: secretText(), operatorPassword: secretText() };
  await writePrivateFile(`${data}/${PERSONAS_FILE}`, JSON.stringify(made));
  return made;
}
