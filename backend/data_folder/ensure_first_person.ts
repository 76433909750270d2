// The first account, made at the first start for whoever tries the product, in `first-person.json`.
// Goes through the auth service's own front door and writes no table.
import { z } from "zod";
import { writePrivateFile } from "../../sign_in/data_folder/write_private_file.ts";

/**
 * Makes the first account and its vault at the first start, and does nothing at later starts. The password is written
 * down before the account is made and marked ready afterwards. So the next start finishes what a crash left half done.
 *
 * @throws {Error} when the address already belongs to an account with another password
 */
export async function ensureFirstPerson(deps: FirstPersonDeps): Promise<FirstPerson> {
  const path = `${deps.data}/${FIRST_PERSON_FILE}`;
  const known = await readFirstPerson(path);
  if (known?.ready && known.email === deps.email) return known;

  const { email } = deps;
  const password = known?.email === email
    ? known.password
    : deps.randomBytes(PASSWORD_BYTES).toBase64({ alphabet: "base64url" });
  await writePrivateFile(path, JSON.stringify({ email, password, ready: false }));

  const registered = await post(deps, "/api/v1/auth/register", { email, password, name: "Demo" });
  if (!registered.ok && registered.status !== 409) {
    throw new Error(`Cannot create the account ${email}: auth answered ${registered.status}`);
  }
  const login = await post(deps, "/api/v1/auth/login", { email, password });
  if (login.status === 401) throw new Error(`Cannot log in as ${email}: the account has another password`);
  if (!login.ok) throw new Error(`Cannot log in as ${email}: auth answered ${login.status}`);
  const { accessToken } = z.object({ accessToken: z.string() }).parse(await login.json());
  const vault = await post(deps, "/api/v1/me/encryption-vault/init", {}, accessToken);
  if (!vault.ok) throw new Error(`Cannot initialise the vault of ${email}: it answered ${vault.status}`);

  const person = { email, password, ready: true };
  await writePrivateFile(path, JSON.stringify(person));
  return person;
}

/** What the first account needs. */
export interface FirstPersonDeps {
  /** The auth service's own front door. */
  readonly fetch: (request: Request) => Promise<Response>;
  /** Public base URL of auth. */
  readonly issuer: string;
  /** The data folder. */
  readonly data: string;
  readonly email: string;
  readonly randomBytes: (length: number) => Uint8Array<ArrayBuffer>;
}

const FirstPerson = z.object({ email: z.string(), password: z.string(), ready: z.boolean() });

/** The first account's credentials, as they lie in `first-person.json` (0600) for a supervisor to show. */
export type FirstPerson = z.infer<typeof FirstPerson>;

/** Name of the file in the data folder. */
export const FIRST_PERSON_FILE = "first-person.json";

/** Random bytes of the generated password: 24 characters of base64url. */
const PASSWORD_BYTES = 18;

async function post(deps: FirstPersonDeps, path: string, body: unknown, token?: string): Promise<Response> {
  return await deps.fetch(
    new Request(deps.issuer + path, {
      method: "POST",
      headers: { "content-type": "application/json", ...(token ? { authorization: `Bearer ${token}` } : {}) },
      body: JSON.stringify(body),
    }),
  );
}

async function readFirstPerson(path: string): Promise<FirstPerson | undefined> {
  try {
    return FirstPerson.safeParse(JSON.parse(await Deno.readTextFile(path))).data;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
