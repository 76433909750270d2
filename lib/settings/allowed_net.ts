// The network the gateway needs. Computed from the parsed settings, so that sandbox and settings cannot drift apart.
import { addressOf, hostAndPort } from "../../process/address.ts";
import { isSeparate, type ServiceName, SERVICES } from "../kit/services.ts";
import type { Settings } from "./settings.ts";

/** The hosts and ports the gateway needs, each once, as Deno's `--allow-net` takes them. */
export function allowedNet(settings: Settings): readonly string[] {
  return [...new Set(netRoles(settings).values())];
}

/** Where the gateway listens, which separate services it has to reach, and the shared store: `host:port` each, by its use. */
export function netRoles(settings: Settings): ReadonlyMap<NetRole, string> {
  const { host, port, metricsPort, serviceUrls, valkey } = settings;
  const separate = SERVICES.filter(({ name }) => isSeparate(name, serviceUrls));
  return new Map<NetRole, string>([
    ["listen", addressOf(host, port)],
    ...(metricsPort === null ? [] : [["metrics", addressOf(host, metricsPort)] as const]),
    ...separate.map(({ name }) => [name, hostAndPort(serviceUrls[name])] as const),
    ...(valkey === null ? [] : [["valkey", valkey.host] as const]),
  ]);
}

/** What an address is needed for. */
export type NetRole = "listen" | "metrics" | ServiceName | "valkey";
