// Where the doctor asks about synthetic people: a service of its own, which the gateway does not know. Only where both settings are there
// may the doctor reach that host.
import { hostAndPort } from "../../process/address.ts";
import type { Finding } from "./finding.ts";

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

/** Why nothing is looked at though one of the settings is there; null: neither is, or both can be used. */
export function personasDoorProblem(
  environment: Readonly<Record<string, string | undefined>>,
): Finding | null {
  const { MANA_API_URL: url = "", MANA_PERSONAS_KEY: key = "" } = environment;
  const named = { url: url.trim() !== "", key: key.trim() !== "" };
  if (!named.url && !named.key || readPersonasDoor(environment) !== null) return null;
  if (named.url && named.key) {
    return {
      ok: false,
      what: "personas API: MANA_API_URL names no service",
      fix: "it takes an http or https URL without a user, such as http://localhost:3001",
    };
  }
  const missing = named.url ? "MANA_PERSONAS_KEY" : "MANA_API_URL";
  return { ok: true, what: `personas API is not looked at: set ${missing}, too` };
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
