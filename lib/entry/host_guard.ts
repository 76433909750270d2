// The first check of every request: Host and Origin, against DNS rebinding and pages of other sites.
import type { Refusal } from "../kit/errors.ts";

/** Which hosts and origins are served. */
export interface HostGuardOptions {
  /** Host header values in lower case, each without a port (any port) or with one. */
  readonly allowedHosts: readonly string[];
  /** Origins in full, e.g. `http://localhost:5173`. */
  readonly corsOrigins: readonly string[];
}

/** The refusal of a request by its Host or Origin, or undefined when it may pass; see {@link createHostGuard}. */
export type HostGuard = (request: Request) => HostRefusal | undefined;

/** What the guard refuses. */
export type HostRefusal = Extract<Refusal, { readonly reason: "host-not-allowed" | "origin-not-allowed" }>;

/**
 * Probes and scrapers call by the address of a pod or a container, which no list can know beforehand; what they are told is
 * about no person. A page that has rebound its name to us may read it too, so nothing else may ever stand here.
 */
const ANY_HOST_PATHS: ReadonlySet<string> = new Set(["/health", "/ready", "/metrics"]);

/**
 * Creates the guard against DNS rebinding and cross-site calls (MCP transports, security warning). A request without an
 * Origin passes: only browsers send one. The opaque origin `null` is refused unless it is listed. Reading
 * {@link ANY_HOST_PATHS} without an Origin passes under any Host.
 * A Host that is no host of a URL is allowed nowhere: the metadata makes an address of it.
 */
export function createHostGuard(options: HostGuardOptions): HostGuard {
  const hosts = new Set(options.allowedHosts);
  const origins = new Set(options.corsOrigins);
  /** The spelling that passed last, and how the addresses of its requests begin: nearly all requests use one. */
  let usual: { readonly host: string; readonly start: string } | null = null;
  return (request) => {
    const { headers } = request;
    // has() brings all headers over from the runtime at once; a dozen single look-ups later on would each be a call into it.
    const origin = headers.has("origin") ? headers.get("origin") : null;
    const sent = headers.get("host");
    if (origin === null && usual?.host === sent && request.url.startsWith(usual.start)) return undefined;
    // A request line may have an address of its own (RFC 9112, section 3.2.2), which the runtime hands on unchecked.
    if (!URL.canParse(request.url)) return { reason: "host-not-allowed" };
    const host = (sent ?? new URL(request.url).host).toLowerCase();
    const name = host.replace(/:\d{1,5}$/, "");
    // A port above 65535 has five digits, too.
    if (!hosts.has(host) && !hosts.has(name) || !URL.canParse(`http://${host}`)) {
      return origin === null && isProbe(request) ? undefined : { reason: "host-not-allowed" };
    }
    if (sent !== null) usual = { host: sent, start: `http://${sent}/` };
    // A page of ours on the same host is same-origin by definition, so its origin's host is the request's own.
    if (origin !== null && !origins.has(origin) && !isSameOrigin(origin, host)) {
      return { reason: "origin-not-allowed" };
    }
    return undefined;
  };
}

function isProbe({ method, url }: Request): boolean {
  if (method !== "GET" && method !== "HEAD") return false;
  return ANY_HOST_PATHS.has(new URL(url).pathname);
}

function isSameOrigin(origin: string, host: string): boolean {
  return URL.canParse(origin) && ["http:", "https:"].includes(new URL(origin).protocol) &&
    new URL(origin).host === host;
}
