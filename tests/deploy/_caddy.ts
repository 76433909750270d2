// Debian's Caddy with the Caddyfile that docs/deploy ships, started for one test. Changes only names, ports and certificates.
import assert from "node:assert/strict";
import type { SignInHost } from "../nginx/_sign_in_host.ts";

/** Where Debian has it. */
export const CADDY = "/usr/bin/caddy";
/** The configuration that is tried. */
export const CADDYFILE = "docs/deploy/Caddyfile";

/** Where both hosts of a test stand. */
export interface CaddyHosts extends SignInHost {
  /** Port of the gateway's host, without TLS, on 127.0.0.1. */
  readonly gatewayPort: number;
  /** Host and port of the gateway. */
  readonly gateway: string;
}

/** Starts Caddy in `folder` with both hosts. */
export async function startCaddy(folder: string, hosts: CaddyHosts): Promise<AsyncDisposable> {
  const root = await Deno.realPath(folder);
  await Deno.writeTextFile(`${root}/certificate.pem`, hosts.certificate.certificate);
  await Deno.writeTextFile(`${root}/key.pem`, hosts.certificate.key);
  const changes: readonly (readonly [string, string])[] = [
    ["grace_period 10s", "admin off\n\tauto_https disable_redirects\n\tgrace_period 10s"],
    ["mcp.example.org {", `http://127.0.0.1:${hosts.gatewayPort} {\n\tbind 127.0.0.1`],
    [
      "signin.example.org {",
      `https://127.0.0.1:${hosts.port} {\n\tbind 127.0.0.1\n\ttls ${root}/certificate.pem ${root}/key.pem`,
    ],
    ["reverse_proxy 127.0.0.1:3069 {", `reverse_proxy ${hosts.gateway} {`],
    ["reverse_proxy 127.0.0.1:3002 {", `reverse_proxy ${hosts.upstream} {`],
  ];
  let text = await Deno.readTextFile(CADDYFILE);
  for (const [from, to] of changes) {
    assert.ok(text.includes(from), `${CADDYFILE} lacks ${from}`);
    text = text.replace(from, to);
  }
  await Deno.writeTextFile(`${root}/Caddyfile`, text);
  const child = runCaddy(["run", "--config", `${root}/Caddyfile`, "--adapter", "caddyfile"], root).spawn();
  const { promise: ready, resolve } = Promise.withResolvers<"ready">();
  const said = (async () => {
    let lines = "";
    for await (const part of child.stderr.pipeThrough(new TextDecoderStream())) {
      lines += part;
      if (lines.includes("serving initial configuration")) resolve("ready");
    }
    return lines;
  })();
  const ended = child.status.then(() => "ended" as const);
  if (await Promise.race([ready, ended]) === "ended") assert.fail(`Caddy ended: ${await said}`);
  return {
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await child.status;
      await said;
    },
  };
}

/** Caddy with these arguments; whatever it keeps, it keeps in `folder`. */
export function runCaddy(args: readonly string[], folder: string): Deno.Command {
  const env = { HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
  return new Deno.Command(CADDY, {
    args: [...args],
    env,
    clearEnv: true,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  });
}
