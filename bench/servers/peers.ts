import { fileURLToPath } from "node:url";
import { AUDIENCE } from "../upstream/tokens.ts";
import { attempt, type Step } from "./build_step.ts";
import type { RunningServer, ServerName } from "./running_server.ts";
import { startListening } from "./start_listening.ts";
import type { Upstream } from "./upstream.ts";

/** Where builds go; git does not look at it. */
export const BUILD_FOLDER = ".mana-bench";

/** A server to compare with. */
export interface Peer {
  readonly name: ServerName;
  /** Eras of MCP that it speaks. */
  readonly eras: readonly ("modern" | "legacy")[];
  start(): Promise<RunningServer>;
}

/** A peer that this machine cannot run, and why. */
export interface SkippedPeer {
  readonly name: ServerName;
  readonly reason: string;
}

const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const BOTH = ["modern", "legacy"] as const;

/** What {@link buildPeers} needs to know. */
export interface PeerOptions {
  readonly upstream: Pick<Upstream, "url" | "publicKey">;
  /** Absolute path of the fixture. */
  readonly fixture: string;
  /** Told of each step that takes a while. */
  readonly say: (line: string) => void;
}

/** Builds what has to be built; what cannot be is skipped with the reason. */
export async function buildPeers(
  options: PeerOptions,
): Promise<{ readonly peers: readonly Peer[]; readonly skipped: readonly SkippedPeer[] }> {
  const { say } = options;
  const build = `${Deno.cwd()}/${BUILD_FOLDER}`;
  const peers: Peer[] = [
    { name: "floor", eras: BOTH, start: () => startDenoPeer("floor", "floor.ts", options) },
    { name: "mcp-server", eras: BOTH, start: () => startDenoPeer("mcp-server", "mcp_server.ts", options) },
    {
      name: "mcp-server-tuned",
      eras: BOTH,
      start: () => startDenoPeer("mcp-server-tuned", "tuned_mcp_server.ts", options),
    },
  ];
  const skipped: SkippedPeer[] = [];
  const fastmcp = `${build}/fastmcp/server.mjs`;
  const add = async (peer: Peer, missing: string | null) => {
    const reason = missing ?? await trial(peer);
    if (reason === null) peers.push(peer);
    else skipped.push({ name: peer.name, reason });
  };
  await add(
    { name: "fastmcp", eras: ["legacy"], start: () => startPeer("fastmcp", "node", [fastmcp], options) },
    await installFastmcp(`${build}/fastmcp`, say),
  );
  await add(
    { name: "go", eras: BOTH, start: () => startPeer("go", `${build}/go/peer`, [], options) },
    await attempt([{
      command: "go",
      args: ["build", "-trimpath", "-o", `${build}/go/peer`, "."],
      cwd: folder("../peers/go"),
    }], say),
  );
  const rust = `${build}/rust/release/bench-peer-rust`;
  await add(
    { name: "rust", eras: BOTH, start: () => startPeer("rust", rust, [], options) },
    await attempt([{
      command: "cargo",
      args: ["build", "--release", "--locked", "--quiet", "--target-dir", `${build}/rust`],
      cwd: folder("../peers/rust"),
    }], say),
  );
  return { peers, skipped };
}

/** Starts and stops a peer once; null when it came up, else why not: an old Node is no reason to measure nothing. */
async function trial(peer: Peer): Promise<string | null> {
  try {
    await (await peer.start()).stop();
    return null;
  } catch (error) {
    return `it does not start: ${error instanceof Error ? error.message : error}`;
  }
}

/** Puts the peer and its packages, as locked, into the folder; null when all went well, else what is missing. */
async function installFastmcp(node: string, say: (line: string) => void): Promise<string | null> {
  const mark = `${node}/installed.json`;
  await Deno.mkdir(node, { recursive: true });
  for (const file of ["package.json", "package-lock.json", "server.mjs"]) {
    await Deno.copyFile(folder(`../peers/fastmcp/${file}`), `${node}/${file}`);
  }
  const lock = await Deno.readTextFile(`${node}/package-lock.json`);
  const steps: Step[] = [{ command: "node", args: ["--version"], cwd: node }];
  if (await Deno.readTextFile(mark).catch(() => "") !== lock) {
    const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
    // No script of a package runs: none of them needs to, and what they may do is everything.
    steps.push({ command: "npm", args: ["ci", "--ignore-scripts", ...quiet], cwd: node });
  }
  const reason = await attempt(steps, say);
  if (reason === null) await Deno.writeTextFile(mark, lock);
  return reason;
}

function startDenoPeer(name: ServerName, file: string, options: PeerOptions): Promise<RunningServer> {
  const args = [
    "run",
    "--no-prompt",
    "--cached-only",
    "--allow-net=127.0.0.1",
    "--allow-env",
    `--allow-read=${options.fixture}`,
    folder(`./${file}`),
  ];
  return startPeer(name, Deno.execPath(), args, options);
}

function startPeer(
  name: ServerName,
  command: string,
  args: readonly string[],
  { upstream, fixture }: PeerOptions,
): Promise<RunningServer> {
  const env = {
    FIXTURE: fixture,
    KEY: upstream.publicKey,
    ISSUER: upstream.url,
    AUDIENCE,
    NODE_ENV: "production",
  };
  return startListening({ name, command, args, env });
}
