// What the embedded backend and the gateway have to agree on where both are started together.
import { addressOf } from "../../process/address.ts";
import { parseSettings, type Settings } from "../../lib/settings/settings.ts";
import { SETTINGS } from "../../lib/settings/settings_table.ts";
import { freePort } from "./free_port.ts";

/**
 * The settings: the port, since connected apps' tokens are meant for the gateway's address and the pages ask the gateway there, and
 * the service key, with which the gateway asks about these tokens. Both are made up where they are not given.
 */
export function agreedSettings(env: Readonly<Record<string, string>>): Record<string, string> {
  const port = env.PORT === "0" ? String(freePort()) : env.PORT || "3069";
  const names = new Set(SETTINGS.map(({ name }) => name));
  const parsed = parseSettings(Object.fromEntries(Object.entries(env).filter(([name]) => names.has(name))));
  const publicUrl = parsed.ok ? parsed.settings.publicUrl : null;
  const base = publicUrl === null ? [`http://127.0.0.1:${port}`, `http://localhost:${port}`] : [publicUrl];
  return {
    PORT: port,
    MANA_MCP_RESOURCE: base.map((url) => `${url}/mcp`).join(","),
    MANA_SERVICE_KEY: env.MANA_SERVICE_KEY || crypto.getRandomValues(new Uint8Array(24)).toHex(),
    // A gateway whose settings cannot be used says so, and nobody asks it.
    ...(parsed.ok ? wayOfPages(parsed.settings, port) : {}),
  };
}

/**
 * Where the pages ask: at the very address that the gateway listens on, by its own port. At another address of this computer another
 * program may listen, and would be handed people's tokens. The Host of these requests is let in besides those that are allowed.
 */
function wayOfPages({ host, allowedHosts }: Settings, port: string): Record<string, string> {
  const place = addressOf(EVERYWHERE[host] ?? host, port).toLowerCase();
  const name = place.slice(0, -port.length - 1);
  const isAllowed = allowedHosts.includes(name) || allowedHosts.includes(place);
  return {
    MANA_GATEWAY_URL: `http://${place}`,
    ...(isAllowed ? {} : { ALLOWED_HOSTS: [...allowedHosts, name].join(",") }),
  };
}

/** Where a listener on every address of this computer is reached from this computer. */
const EVERYWHERE: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "::": "::1", "[::]": "::1" };
