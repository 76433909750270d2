import assert from "node:assert/strict";

/** Where Debian has it; the task may run no other program but Deno. */
const NGINX = "/usr/sbin/nginx";
const SHIPPED = "docs/deploy/nginx.conf";

/** Whether there is an nginx to try. */
export async function isInstalled(): Promise<boolean> {
  try {
    return (await Deno.stat(NGINX)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** A running nginx. */
export interface Nginx extends AsyncDisposable {
  readonly port: number;
}

/** Seconds that the shipped time limits are shortened to. */
export const LIMIT_SECONDS = 1;

/**
 * Starts nginx with the shipped configuration on `port`, in front of the gateway at `upstream`. Changed are only the lines that
 * nginx.md tells to change, and the time limits that a test would wait for; each must be there.
 */
export async function startNginx(folder: string, port: number, upstream: string): Promise<Nginx> {
  let site = await Deno.readTextFile(SHIPPED);
  const change = (from: string | RegExp, to: string) => {
    assert.ok(typeof from === "string" ? site.includes(from) : from.test(site), `${SHIPPED} lacks ${from}`);
    site = site.replace(from, to);
  };
  change("server 127.0.0.1:3069;", `server ${upstream};`);
  change("listen 443 ssl http2;", `listen 127.0.0.1:${port};`);
  change("server_name mana.example.com;", "server_name 127.0.0.1;");
  change(/ +ssl_certificate .*\n/, "");
  change(/ +ssl_certificate_key .*\n/, "");
  change("client_header_timeout 10s;", `client_header_timeout ${LIMIT_SECONDS}s;`);
  change("client_body_timeout 10s;", `client_body_timeout ${LIMIT_SECONDS}s;`);
  const root = await Deno.realPath(folder);
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path "${root}/${name}";`).join("\n");
  await Deno.writeTextFile(`${root}/site.conf`, site);
  await Deno.writeTextFile(
    `${root}/nginx.conf`,
    // One process that stays in front: it needs no user of its own, and ends when it is told to.
    `daemon off;\nmaster_process off;\npid "${root}/nginx.pid";\nerror_log stderr notice;\nevents {}\n` +
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
    port,
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
