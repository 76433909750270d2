// Under which address this gateway is known: what an OAuth token is for, and what the metadata names (RFC 8707, RFC 9728).
import type { Settings } from "../settings/settings.ts";

/** Under which address this gateway is an OAuth resource (RFC 8707, RFC 9728). */
export interface GatewayAddress {
  /** Path of the public address, such as `/mana`; empty where it has none. */
  readonly basePath: string;
  /** The address for the caller of `request`, whose Host header the guard has let pass. */
  urlFor(request: Request): string;
  /** Whether a token with this audience is meant for this gateway. */
  accepts(audience: string): boolean;
}

/** Path of the MCP endpoint. */
export const MCP_PATH = "/mcp";

/**
 * Creates the rule. With `PUBLIC_URL` there is one address. Without it, a gateway on one's own machine is known by several
 * names, and clients insist on the one they used: then it is the Host header, which must be an allowed one.
 */
export function createGatewayAddress(
  settings: Pick<Settings, "publicUrl" | "allowedHosts" | "port">,
): GatewayAddress {
  const { publicUrl, allowedHosts, port } = settings;
  if (publicUrl !== null) {
    const address = publicUrl + MCP_PATH;
    return Object.freeze({
      basePath: new URL(publicUrl).pathname.replace(/\/$/, ""),
      urlFor: () => address,
      accepts: (audience: string) => audience === address,
    });
  }
  const names = new Set(allowedHosts);
  return Object.freeze({
    basePath: "",
    urlFor: (request: Request) =>
      `http://${request.headers.get("host") ?? new URL(request.url).host}${MCP_PATH}`,
    accepts(audience: string) {
      if (!URL.canParse(audience)) return false;
      const url = new URL(audience);
      // The whole address has to be ours: a longer path, a query or a user would be another resource.
      return url.origin + MCP_PATH === audience && url.protocol === "http:" &&
        (names.has(url.host) || names.has(url.hostname) && (port === 0 || url.port === String(port)));
    },
  });
}
