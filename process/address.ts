// How a host and a port are written together, in flags and in URLs. Imports nothing.

/** A place to listen at or to call, as flags and URLs have it: an IPv6 address stands in brackets. */
export function addressOf(host: string, port: number | string): string {
  return `${host.includes(":") && !host.startsWith("[") ? `[${host}]` : host}:${port}`;
}

/** Where a URL leads to, as Deno's `--allow-net` takes it. */
export function hostAndPort(url: string): string {
  const { protocol, hostname, port } = new URL(url);
  return `${hostname}:${port || (protocol === "https:" ? "443" : "80")}`;
}
