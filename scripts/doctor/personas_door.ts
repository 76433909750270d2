// Where the doctor asks about synthetic people: a service of its own, which the gateway does not know. Only where both settings are there
// may the doctor reach that host.
import { hostAndPort } from "../../process/address.ts";

/** The personas API of the environment; null: nothing is looked at. */
export function readPersonasDoor(
  environment: Readonly<Record<string, string | undefined>>,
): PersonasDoor | null {
  const { MANA_API_URL: url = "", MANA_PERSONAS_KEY: key = "" } = environment;
  if (key.trim() === "" || !URL.canParse(url)) return null;
  const { protocol, hostname, username, password } = new URL(url);
  if (!["http:", "https:"].includes(protocol) || username !== "" || password !== "") return null;
  if (!PLAIN_HOST.test(hostname)) return null;
  return { url: url.replace(/\/+$/, ""), key: key.trim(), host: hostAndPort(url) };
}

/** A comma would make two rights of one, and a star many. */
const PLAIN_HOST = /^(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])$/;

/** The variables that name it. */
export const PERSONAS_VARIABLES = ["MANA_API_URL", "MANA_PERSONAS_KEY"] as const;

/** The personas API. */
export interface PersonasDoor {
  /** Base URL without a slash at the end. */
  readonly url: string;
  /** Sent as `X-Service-Key`, and never shown. */
  readonly key: string;
  /** Host and port, as a right names them. */
  readonly host: string;
}
