// The network the gateway needs. Computed from the parsed settings, so that sandbox and settings cannot drift apart.
import { addressOf, hostAndPort } from "../../process/address.ts";
import { isSeparate, type ServiceName, SERVICES } from "../kit/services.ts";
import type { Settings } from "./settings.ts";

/** The hosts and ports the gateway needs, each once, as Deno's `--allow-net` takes them. */
export function allowedNet(settings: Settings): readonly string[] {
  return [...new Set(netRoles(settings).values())];
}

/** Where the gateway listens and which separate services it has to reach: `host:port` each, by what it is needed for. */
export function netRoles(settings: Settings): ReadonlyMap<"listen" | ServiceName, string> {
  const { host, port, serviceUrls } = settings;
  const separate = SERVICES.filter(({ name }) => isSeparate(name, serviceUrls));
  return new Map([
    ["listen", addressOf(host, port)],
    ...separate.map(({ name }) => [name, hostAndPort(serviceUrls[name])] as const),
  ]);
}
