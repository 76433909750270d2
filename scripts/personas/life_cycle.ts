// `deno task personas seed | list | clean | open NAME`: at the task that runs on this folder, or at a backend that is started for it.
import { counted } from "../../lib/kit/counted.ts";
import { readPersonaSecrets } from "../../backend/data_folder/ensure_persona_secrets.ts";
import { derivePersonaPassword } from "../../process/derive_persona_password.ts";
import { readCatalogue } from "../../runner/catalogue/read_catalogue.ts";
import { print } from "../print.ts";
import { signIn } from "../stack/sign_in.ts";
import type { Operator } from "./operator.ts";
import { signInOperator, startPersonasStack } from "./personas_stack.ts";
import { findRunning } from "./running_file.ts";

/** Makes everybody of the catalogue; resolves with the exit code. */
export async function seed(data: string): Promise<number> {
  return await withOperator(data, async (operator) => {
    return await each(
      readCatalogue(),
      ({ email }) => `${email} is there`,
      (persona) => operator.make(persona),
    );
  });
}

/** Shows who there is; resolves with the exit code. */
export async function list(data: string): Promise<number> {
  return await withOperator(data, async (operator) => {
    const known = new Set(readCatalogue().map(({ email }) => email));
    const people = (await operator.list()).toSorted((a, b) => a.email < b.email ? -1 : 1);
    for (const { email, archetype, tickCadence, lastActiveAt, actions7d } of people) {
      const active = lastActiveAt === null ? "never active" : `active ${lastActiveAt}`;
      const left = known.has(email) ? "" : ", no longer in the catalogue";
      print(
        `${email.padEnd(30)} ${archetype}, ${tickCadence}, ${active}, ${
          counted(actions7d, "row")
        } in 7 days${left}`,
      );
    }
    print(counted(people.length, "persona"));
    return 0;
  });
}

/** Deletes every persona, those who have left the catalogue included; resolves with the exit code. */
export async function clean(data: string): Promise<number> {
  return await withOperator(data, async (operator) => {
    const people = await operator.list();
    return await each(people, ({ email }) => `${email} is deleted`, (persona) => operator.remove(persona));
  });
}

/** Prints a token of one persona and how to sign in as this persona; resolves with the exit code. */
export async function open(data: string, name: string): Promise<number> {
  const running = await findRunning();
  const secrets = await readPersonaSecrets(data);
  const persona = readCatalogue().find((one) => one.name === name);
  if (running === null || secrets === undefined || persona === undefined) {
    print("Nobody can sign in, because nothing runs here. Start it with `deno task personas` and try again.");
    return 1;
  }
  const password = await derivePersonaPassword(secrets.seedSecret, persona.email);
  const token = await signIn(running.authUrl, persona.email, password).catch((error: unknown) => {
    if (!(error instanceof Error)) throw error;
    print(
      `${error.message}. Where ${name} was deleted, or another seed secret is in use, \`deno task personas seed\` mends it.`,
    );
    return null;
  });
  if (token === null) return 1;
  print(`sign in     ${running.issuer}/sign-in`);
  print(`address     ${persona.email}`);
  print(`password    ${password}`);
  print(`what apps did, as ${name} sees it: ${running.issuer}/activity`);
  print(`the report  ${running.reportUrl}/personas/${name}`);
  print(`the gateway ${running.mcpUrl}`);
  print(`a token for 15 minutes:\n${token}`);
  return 0;
}

/** Does the same to each, goes on after a failure, and says 1 when there was one. */
async function each<Item>(
  items: readonly Item[],
  tell: (item: Item) => string,
  work: (item: Item) => Promise<void>,
): Promise<number> {
  let failures = 0;
  for (const item of items) {
    try {
      await work(item);
      print(tell(item));
    } catch (error) {
      failures += 1;
      print(error instanceof Error ? error.message : String(error));
    }
  }
  if (items.length === 0) print("There is nobody.");
  return failures > 0 ? 1 : 0;
}

async function withOperator(data: string, work: (operator: Operator) => Promise<number>): Promise<number> {
  const running = await findRunning();
  const secrets = await readPersonaSecrets(data);
  if (running !== null && secrets !== undefined) {
    return await work(await signInOperator(running.authUrl, secrets));
  }
  const ports = { PORT: "0", BACKEND_PORT: "0", BACKEND_SYNC_PORT: "0" };
  const stack = await startPersonasStack({ data, env: ports, onLine: () => {} });
  try {
    return await work(stack.operator);
  } finally {
    await stack.stop();
  }
}
