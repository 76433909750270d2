import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { lookup } from "node:dns/promises";
import type { EventEmitter } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { hostname } from "node:os";
import process from "node:process";
import { Worker as NodeWorker } from "node:worker_threads";

/** Where to try it. */
export interface Targets {
  /** `host:port` of a listener that is not on the gateway's list, and that would notice. */
  readonly canary: string;
  /** `host:port` that is on the list, and that redirects to the canary. */
  readonly allowed: string;
}

const FILE = "/etc/hostname";

/** One thing to try; resolves when it worked. */
type Try = (targets: Targets) => unknown;

/** What the runtime refuses. */
const REFUSED: Readonly<Record<string, Try>> = {
  "another port": ({ canary }) => request(`http://${canary}/`),
  "another name of an allowed host": ({ allowed }) => request(`http://localhost:${portOf(allowed)}/`),
  "another host": () => request("http://example.invalid/"),
  "following a redirect to another port": ({ allowed }) => request(`http://${allowed}/`),
  "an upstream through a proxy": ({ canary, allowed }) =>
    request(`http://${allowed}/`, { client: Deno.createHttpClient({ proxy: { url: `http://${canary}` } }) }),
  "raw TCP": ({ canary }) => Deno.connect({ hostname: "127.0.0.1", port: portOf(canary) }),
  "raw TCP by node:net": ({ canary }) => emitted(connect(portOf(canary), "127.0.0.1"), "connect"),
  "UDP by node:dgram": ({ canary }) => {
    const socket = createSocket("udp4");
    // Deno throws this one where nobody can catch it.
    const thrown = Promise.withResolvers<never>();
    addEventListener("error", (event) => thrown.reject(event.error), { once: true });
    return Promise.race([
      thrown.promise,
      new Promise<void>((resolve) => socket.send("x", portOf(canary), "127.0.0.1", () => resolve())),
    ]);
  },
  // In reach of a worker's code alone: docs/confinement.md.
  "UDP by Deno": ({ canary }) =>
    unstable("listenDatagram")({ hostname: "127.0.0.1", port: portOf(canary) + 1, transport: "udp" }),
  "QUIC": ({ canary }) =>
    unstable("connectQuic")({ hostname: "127.0.0.1", port: portOf(canary), alpnProtocols: ["h3"] }),
  "a DNS question": () => Deno.resolveDns("secret.example.invalid", "A"),
  "a DNS question by node:dns": () => lookup("secret.example.invalid"),
  "WebSocket": ({ canary }) => opened(new WebSocket(`ws://${canary}/`)),
  "a unix socket": () => Deno.connect({ transport: "unix", path: "/run/hostile.sock" }),
  "a listener of its own": ({ canary }) => Deno.listen({ hostname: "0.0.0.0", port: portOf(canary) + 1 }),
  "reading a file": () => Deno.readTextFile(FILE),
  "reading a file by node:fs": () => readFileSync(FILE),
  "reading a file by fetch": () => request(`file://${FILE}`),
  "reading the environment from /proc": () => Deno.readTextFile("/proc/self/environ"),
  "writing a file": () => Deno.writeTextFile("/tmp/hostile", ""),
  "writing a file by node:fs": () => writeFileSync("/tmp/hostile", ""),
  "a subprocess": () => new Deno.Command("id").outputSync(),
  "a subprocess by node:child_process": () => emitted(spawn("id"), "exit"),
  "a signal to another process": () => Deno.kill(Deno.ppid, "SIGCONT"),
  "ffi": () => Deno.dlopen("libc.so.6", {}),
  "a native module": () => process.dlopen({ exports: {} }, "/tmp/hostile.node"),
  "importing from a host that Deno trusts by default": () =>
    import(later("https://deno.land/std/version.ts")),
  "importing from another host": ({ canary }) => import(later(`http://${canary}/code.ts`)),
  "importing a package": () => import(later("npm:hostile-package-that-nobody-has@1.0.0")),
  "importing from JSR": () => import(later("jsr:@hostile/package")),
  "importing a file": () => import(later(new URL("../../scripts/exec_path.ts", import.meta.url).href)),
  "the environment as a whole": () => Deno.env.toObject().PATH,
  "a variable off the list": () => Deno.env.get("PATH"),
  "a variable off the list by node:process": () => process.env.PATH,
  "the host's name": () => Deno.hostname(),
  "the host's name by node:os": () => hostname(),
  "asking for more rights": async () => granted(await Deno.permissions.request({ name: "read" })),
  "a Worker with wider rights": () => {
    const options: WorkerOptions = { type: "module", deno: { permissions: { read: true } } };
    return new Worker(code("postMessage(Deno.readTextFileSync('/etc/hostname'))"), options);
  },
  "a Worker of its own, reading a file": () =>
    answered(
      new Worker(code(`postMessage(Deno.permissions.querySync({ name: "read" }).state)`), { type: "module" }),
    ),
  "a node Worker, reading a file": () =>
    emitted(new NodeWorker(`require("node:fs").readFileSync("${FILE}")`, { eval: true }), "exit"),
};

/** What the runtime lets any code do, whatever its permissions: docs/confinement.md says so, and this keeps it honest. */
const NOT_REFUSED: Readonly<Record<string, Try>> = {
  "code from text": () => import(later("data:text/javascript,export default 1")),
  "importing a file that is part of the gateway": () =>
    import(later(new URL("../../main.ts", import.meta.url).href)),
  "keeping text in localStorage": () => {
    localStorage.setItem("hostile", "text");
    localStorage.removeItem("hostile");
  },
  "keeping text in the cache storage": async () => {
    const cache = await caches.open("hostile");
    await cache.put("http://hostile.invalid/", new Response("text"));
    await caches.delete("hostile");
  },
  "a request of its own to a host of the list": ({ allowed }) =>
    request(`http://${allowed}/`, { redirect: "manual" }),
  "replacing a function that everybody uses": () => {
    const parse = JSON.parse;
    JSON.parse = (text) => parse(text);
    const replaced = JSON.parse !== parse;
    JSON.parse = parse;
    return replaced;
  },
  "ending the process": () => Deno.exit(7),
  "a stray rejection": () => void Promise.reject(new Error("stray")),
  "a stray exception": () => void setTimeout(() => raise(), 0),
};

/** Tries one thing by its name and says how that went: the class of the error with its code and reason, or `done`. */
export async function attempt(what: string, targets: Targets): Promise<string> {
  const run = REFUSED[what] ?? NOT_REFUSED[what];
  if (run === undefined) throw new TypeError(`Cannot try ${what}: it is not known`);
  try {
    const result = await run(targets);
    return result === undefined ? "nothing" : "done";
  } catch (error) {
    if (!(error instanceof Error)) return typeof error;
    const code = "code" in error ? ` ${error.code}` : "";
    // An import fails in many ways: the reason tells the refusal from a bad connection.
    const [reason] = /Requires \w+ access|--cached-only is specified|escalate parent thread permissions/.exec(
      error.message,
    ) ?? [];
    return `${error.constructor.name}${code}${reason === undefined ? "" : `: ${reason}`}`;
  }
}

async function request(url: string, init?: RequestInit & { client?: Deno.HttpClient }): Promise<number> {
  const response = await fetch(url, init);
  await response.body?.cancel();
  return response.status;
}

/** A function of Deno's that only a flag shows. */
function unstable(name: string): (options: unknown) => unknown {
  const found: unknown = Reflect.get(Deno, name);
  if (typeof found !== "function") throw new TypeError(`Cannot find ${name}`);
  return (options) => Reflect.apply(found, Deno, [options]);
}

/** Hides a specifier from the module graph, as code that comes from elsewhere would. */
function later(specifier: string): string {
  return specifier;
}

function raise(): never {
  throw new Error("stray");
}

function code(source: string): string {
  return `data:text/javascript,${encodeURIComponent(source)}`;
}

function portOf(host: string): number {
  return Number(host.slice(host.lastIndexOf(":") + 1));
}

function granted({ state }: Deno.PermissionStatus): string {
  if (state !== "granted") throw new Deno.errors.NotCapable(`the answer is ${state}`);
  return state;
}

function opened(socket: WebSocket): Promise<Event> {
  return new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = (event) => reject("error" in event ? event.error : event);
  });
}

function answered(worker: Worker): Promise<unknown> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) =>
      data === "granted" ? resolve(data) : reject(new Deno.errors.NotCapable(data));
    worker.onerror = (event) => reject(new Error(event.message));
  }).finally(() => worker.terminate());
}

function emitted(emitter: EventEmitter, event: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    emitter.on("error", reject);
    emitter.on(event, resolve);
  });
}
