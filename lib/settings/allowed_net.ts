// The network the gateway needs. Computed from the parsed settings, so that sandbox and settings cannot drift apart.
import { byService, type ServiceName } from "../kit/services.ts";
import type { Settings } from "./settings.ts";

/** The hosts and ports the gateway needs, each once, as Deno's `--allow-net` takes them. */
export function allowedNet(settings: Settings): readonly string[] {
  return [...new Set(Object.values(netRoles(settings)))];
}

/** Where the gateway listens and which services it has to reach: `host:port` each, by what it is needed for. */
export function netRoles(settings: Settings): Readonly<Record<"listen" | ServiceName, string>> {
  const { host, port, serviceUrls } = settings;
  return {
    listen: `${host.includes(":") && !host.startsWith("[") ? `[${host}]` : host}:${port}`,
    ...byService(({ name }) => hostAndPort(serviceUrls[name])),
  };
}

function hostAndPort(url: string): string {
  const { protocol, hostname, port } = new URL(url);
  return `${hostname}:${port || (protocol === "https:" ? "443" : "80")}`;
}
