// The servers that the gateway is compared with: where their programs are, how they are built, how they are started.
import { fileURLToPath } from "node:url";
import type { Result } from "../result.ts";
import type { Era } from "../workloads/requests.ts";
import { type RunningServer, type ServerName, startServer } from "./running_server.ts";

/** Where builds, requests and results go; git does not look at it. */
export const BUILD_FOLDER = ".mana-bench";

/** A server to compare with. */
export interface Peer {
  readonly name: ServerName;
  /** Eras of MCP that it speaks. */
  readonly eras: readonly Era[];
  start(): Promise<RunningServer>;
}

/**
 * Builds what has to be built; what cannot be is skipped with the reason.
 *
 * @param fixture absolute path of the fixture
 * @param say told of each step that takes a while
 */
export async function buildPeers(
  fixture: string,
  say: (line: string) => void,
): Promise<{ readonly peers: readonly Peer[]; readonly skipped: Result["skipped"] }> {
  const build = `${Deno.cwd()}/${BUILD_FOLDER}`;
  const env = { FIXTURE: fixture, NODE_ENV: "production" };
  const own = (name: ServerName, file: string, SCHEMAS = ""): Peer => {
    const start = () => startDenoServer(name, file, { ...env, SCHEMAS }, [`--allow-read=${fixture}`]);
    return { name, eras: BOTH, start };
  };
  const other = (name: ServerName, command: string, args: string[] = [], eras = BOTH): Peer => {
    return { name, eras, start: () => startServer(name, command, { args, env }) };
  };
  const peers = [
    own("floor", "floor.ts"),
    own("mcp-server", "mcp_server.ts", "zod"),
    own("mcp-server-tuned", "mcp_server.ts", "json"),
  ];
  const skipped: Result["skipped"] = [];
  const tryPeer = async (peer: Peer, prepare: Promise<void>) => {
    try {
      await prepare;
      // An old Node is no reason to measure nothing.
      await (await peer.start()).stop();
      peers.push(peer);
    } catch (error) {
      skipped.push({ name: peer.name, reason: error instanceof Error ? error.message : String(error) });
    }
  };
  const [fastmcp, go, rust] = [`${build}/fastmcp`, `${build}/go/peer`, `${build}/rust`];
  await tryPeer(
    other("fastmcp", "node", [`${fastmcp}/server.mjs`], ["legacy"]),
    installFastmcp(fastmcp, say),
  );
  await tryPeer(
    other("go", go),
    run("go", ["build", "-trimpath", "-o", go, "."], folder("../peers/go"), say),
  );
  const cargo = ["build", "--release", "--locked", "--quiet", "--target-dir", rust];
  await tryPeer(
    other("rust", `${rust}/release/bench-peer-rust`),
    run("cargo", cargo, folder("../peers/rust"), say),
  );
  return { peers, skipped };
}

/** Starts one of the Deno servers beside this file. `rights` are flags beyond the network of this machine. */
export function startDenoServer(
  name: ServerName,
  file: string,
  env: Record<string, string>,
  rights: readonly string[] = [],
): Promise<RunningServer> {
  const flags = ["run", "--no-prompt", "--cached-only", "--allow-net=127.0.0.1", "--allow-env", ...rights];
  return startServer(name, Deno.execPath(), { args: [...flags, folder(`./${file}`)], env });
}

const BOTH: readonly Era[] = ["modern", "legacy"];

function folder(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

/** Puts the peer and its packages, as locked, into the folder. */
async function installFastmcp(node: string, say: (line: string) => void): Promise<void> {
  const mark = `${node}/installed.json`;
  await Deno.mkdir(node, { recursive: true });
  for (const file of ["package.json", "package-lock.json", "server.mjs"]) {
    await Deno.copyFile(folder(`../peers/fastmcp/${file}`), `${node}/${file}`);
  }
  const lock = await Deno.readTextFile(`${node}/package-lock.json`);
  if (await Deno.readTextFile(mark).catch(() => "") === lock) return;
  // No script of a package runs: none of them needs to, and what they may do is everything.
  await run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], node, say);
  await Deno.writeTextFile(mark, lock);
}

/** Runs a program to its end. Throws Error when it is not installed or fails, with its last words. */
async function run(command: string, args: string[], cwd: string, say: (line: string) => void): Promise<void> {
  say(`${command} ${args[0]} …`);
  const { success, stderr } = await new Deno.Command(command, { args, cwd, stdin: "null" }).output();
  const words = new TextDecoder().decode(stderr).trim().split("\n").at(-1);
  if (!success) throw new Error(`${command} ${args[0]} failed: ${words}`);
}
