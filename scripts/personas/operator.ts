// The operator of personas at the personas API: makes the people of the catalogue, shows who there is, deletes them. Accounts of humans
// are none of the operator's business, and the API refuses them. Contract: docs/contracts/personas.md, section 2.
import { z } from "zod";
import { derivePersonaPassword } from "../../process/derive_persona_password.ts";
import type { Persona } from "../../runner/catalogue/read_catalogue.ts";

/** Creates the operator, who is signed in with `token` at the service `url`. */
export function createOperator({ url, token, seedSecret, fetch }: OperatorDeps): Operator {
  const ask = async (path: string, init: RequestInit, done: string) => {
    const response = await fetch(`${url}/api/v1/personas/admin${path}`, {
      ...init,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      redirect: "manual",
    });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${done}: the personas API answered ${response.status}`);
    return JSON.parse(text);
  };
  const list = async () => Listed.parse(await ask("", {}, "Cannot list the personas")).personas;
  return {
    list,
    async make({ email, archetype, systemPrompt, moduleMix, tickCadence, timeZone }) {
      const password = await derivePersonaPassword(seedSecret, email);
      const body = { email, password, archetype, systemPrompt, moduleMix, tickCadence, timeZone };
      await ask("", { method: "POST", body: JSON.stringify(body) }, `Cannot make ${email}`);
    },
    async remove({ userId, email }) {
      const path = `/${encodeURIComponent(userId)}`;
      await ask(path, { method: "DELETE" }, `Cannot delete ${email}`);
    },
  };
}

/** What the operator can do. Each throws where the API does not do what it is asked. */
export interface Operator {
  list(): Promise<readonly ListedPersona[]>;
  /** Makes a persona, or mends what is there; can be repeated. */
  make(persona: Persona): Promise<void>;
  /** Deletes a persona with all it wrote; can be repeated until it is done. */
  remove(persona: Pick<ListedPersona, "userId" | "email">): Promise<void>;
}

/** What the operator works with. */
export interface OperatorDeps {
  /** The service with the personas API, without a slash at the end. */
  readonly url: string;
  /** The operator's own token. */
  readonly token: string;
  /** What the passwords of personas follow from. */
  readonly seedSecret: string;
  readonly fetch: typeof fetch;
}

const Listed = z.object({
  personas: z.array(z.object({
    userId: z.string(),
    email: z.string(),
    archetype: z.string(),
    tickCadence: z.string(),
    lastActiveAt: z.string().nullable(),
    actions7d: z.number(),
  })),
});

/** A persona, as the operator sees it. */
export type ListedPersona = z.infer<typeof Listed>["personas"][number];
