// Debian's nginx with a configuration that docs/deploy ships, started for one test. Changes only what nginx.md tells to change.
import assert from "node:assert/strict";
import type { SignInHost } from "./_sign_in_host.ts";

/** Where Debian has it; the task may run no other program but Deno. */
const NGINX = "/usr/sbin/nginx";

/** What nginx.md tells to write into nginx' own file. */
const EVENTS = "events { worker_connections 4096; }";

/** Whether there is an nginx to try. */
export async function isInstalled(): Promise<boolean> {
  try {
    return (await Deno.stat(NGINX)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Seconds that the shipped time limits are shortened to. */
export const LIMIT_SECONDS = 1;

/** A shipped configuration, and what a test changes in it: each text must be there, and every occurrence is replaced. */
export interface Site {
  readonly shipped: string;
  readonly changes: readonly (readonly [from: string | RegExp, to: string])[];
  /** Files that the configuration names, by their name in the folder of the test. */
  readonly files?: Readonly<Record<string, string>>;
}

/** The configuration of the gateway's host without TLS, on `port`, in front of the gateway at `upstream`. */
export function gatewaySite(port: number, upstream: string): Site {
  return {
    shipped: "docs/deploy/nginx.conf",
    changes: [
      ["server 127.0.0.1:3069;", `server ${upstream};`],
      ["listen 443 ssl http2;", `listen 127.0.0.1:${port};`],
      ["server_name mcp.example.org;", "server_name 127.0.0.1;"],
      [/ +ssl_certificate .*\n/, ""],
      [/ +ssl_certificate_key .*\n/, ""],
      ["client_header_timeout 10s;", `client_header_timeout ${LIMIT_SECONDS}s;`],
      ["client_body_timeout 10s;", `client_body_timeout ${LIMIT_SECONDS}s;`],
    ],
  };
}

/** The configuration of the gateway's host with the block of nginx-nodes.conf, in front of the gateways at these addresses. */
export async function nodesSite(port: number, upstreams: readonly string[]): Promise<Site> {
  const block = await Deno.readTextFile("docs/deploy/nginx-nodes.conf");
  const { shipped, changes } = gatewaySite(port, "");
  const [, ...rest] = changes;
  const servers = ["127.0.0.1:3069", "127.0.0.1:3070"].map((address, number): Site["changes"][number] => [
    `server ${address} max_fails`,
    `server ${upstreams[number]} max_fails`,
  ]);
  return { shipped, changes: [[/upstream mana_mcp \{[^}]*\}\n/, block], ...servers, ...rest] };
}

/** The configuration of the sign-in host, with TLS on `port`, in front of the sign-in server at `upstream`. */
export function signInSite(
  { port, plainPort, upstream, certificate }: SignInHost,
): Site {
  return {
    shipped: "docs/deploy/nginx-sign-in.conf",
    changes: [
      ["server 127.0.0.1:3002;", `server ${upstream};`],
      ["listen 443 ssl http2;", `listen 127.0.0.1:${port} ssl http2;`],
      ["listen 80;", `listen 127.0.0.1:${plainPort};`],
      ["server_name signin.example.org;", "server_name 127.0.0.1;"],
      ["/etc/ssl/signin.example.org/fullchain.pem", "FOLDER/certificate.pem"],
      ["/etc/ssl/signin.example.org/privkey.pem", "FOLDER/key.pem"],
      ["/var/log/nginx/mana-sign-in.log", "FOLDER/access.log"],
    ],
    files: { "certificate.pem": certificate.certificate, "key.pem": certificate.key },
  };
}

/** Starts nginx with a site in `folder`; `FOLDER` in a change stands for its path. */
export async function startNginx(folder: string, site: Site): Promise<AsyncDisposable> {
  assert.ok(
    (await Deno.readTextFile("docs/deploy/nginx.md")).includes(`\n${EVENTS}\n`),
    "nginx.md lacks events",
  );
  const root = await Deno.realPath(folder);
  let text = await Deno.readTextFile(site.shipped);
  for (const [from, to] of site.changes) {
    const isThere = typeof from === "string" ? text.includes(from) : from.test(text);
    assert.ok(isThere, `${site.shipped} lacks ${from}`);
    text = typeof from === "string" ? text.replaceAll(from, to) : text.replace(from, to);
  }
  for (const [name, content] of Object.entries(site.files ?? {})) {
    await Deno.writeTextFile(`${root}/${name}`, content);
  }
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path "${root}/${name}";`).join("\n");
  await Deno.writeTextFile(`${root}/site.conf`, text.replaceAll("FOLDER", root));
  await Deno.writeTextFile(
    `${root}/nginx.conf`,
    // One process that stays in front: it needs no user of its own, and ends when it is told to.
    `daemon off;\nmaster_process off;\npid "${root}/nginx.pid";\nerror_log stderr notice;\n` +
      `${EVENTS}\n` +
      `http {\naccess_log off;\n${temporary}\ninclude "${root}/site.conf";\n}\n`,
  );
  const child = new Deno.Command(NGINX, {
    args: ["-p", root, "-e", "stderr", "-c", `${root}/nginx.conf`],
    clearEnv: true,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const said = listenTo(child.stderr);
  const ended = child.status.then(() => "ended" as const);
  if (await Promise.race([said.ready, ended]) === "ended") assert.fail(`nginx ended: ${await said.all}`);
  return {
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await child.status;
      await said.all;
    },
  };
}

/** What nginx writes; `ready` resolves with the line that comes once it listens. */
function listenTo(stream: ReadableStream<Uint8Array>) {
  const { promise: ready, resolve } = Promise.withResolvers<"ready">();
  const all = (async () => {
    let text = "";
    for await (const part of stream.pipeThrough(new TextDecoderStream())) {
      text += part;
      if (text.includes('using the "')) resolve("ready");
    }
    return text;
  })();
  return { ready, all };
}
