import { AUDIENCE } from "../upstream/tokens.ts";
import { freePort } from "./free_port.ts";
import { startProcess } from "./process.ts";
import type { RunningServer, ServerName } from "./running_server.ts";
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

const folder = (path: string) => new URL(path, import.meta.url).pathname;
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
  ];
  const skipped: SkippedPeer[] = [];
  const add = async (peer: Peer, steps: readonly Step[]) => {
    const reason = await attempt(steps, say);
    if (reason === null) peers.push(peer);
    else skipped.push({ name: peer.name, reason });
  };
  const node = `${build}/fastmcp`;
  await Deno.mkdir(node, { recursive: true });
  for (const file of ["package.json", "package-lock.json", "server.mjs"]) {
    await Deno.copyFile(folder(`../peers/fastmcp/${file}`), `${node}/${file}`);
  }
  await add(
    {
      name: "fastmcp",
      eras: ["legacy"],
      start: () => startPeer("fastmcp", "node", [`${node}/server.mjs`], options),
    },
    [
      { command: "node", args: ["--version"], cwd: node },
      {
        command: "npm",
        args: ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd: node,
      },
    ],
  );
  await add({ name: "go", eras: BOTH, start: () => startPeer("go", `${build}/go/peer`, [], options) }, [{
    command: "go",
    args: ["build", "-trimpath", "-o", `${build}/go/peer`, "."],
    cwd: folder("../peers/go"),
  }]);
  const rust = `${build}/rust/release/bench-peer-rust`;
  await add({ name: "rust", eras: BOTH, start: () => startPeer("rust", rust, [], options) }, [{
    command: "cargo",
    args: ["build", "--release", "--locked", "--quiet", "--target-dir", `${build}/rust`],
    cwd: folder("../peers/rust"),
  }]);
  return { peers, skipped };
}

interface Step {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
}

/** Runs the steps; null when all went well, else what is missing. */
async function attempt(steps: readonly Step[], say: (line: string) => void): Promise<string | null> {
  for (const { command, args, cwd } of steps) {
    say(`${command} ${args[0]} …`);
    try {
      const { success, stderr } = await new Deno.Command(command, { args: [...args], cwd, stdin: "null" })
        .output();
      if (!success) {
        const words = new TextDecoder().decode(stderr).trim().split("\n");
        return `${command} ${args[0]} failed: ${words.at(-1) ?? "no reason given"}`;
      }
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return `${command} is not installed`;
      throw error;
    }
  }
  return null;
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

async function startPeer(
  name: ServerName,
  command: string,
  args: readonly string[],
  { upstream, fixture }: PeerOptions,
): Promise<RunningServer> {
  const port = freePort();
  const started = performance.now();
  const child = startProcess({
    name,
    command,
    args,
    env: {
      PORT: String(port),
      FIXTURE: fixture,
      KEY: upstream.publicKey,
      ISSUER: upstream.url,
      AUDIENCE,
      NODE_ENV: "production",
    },
  });
  while (await child.line() !== "listening");
  const startMs = performance.now() - started;
  child.drain();
  return { name, host: `127.0.0.1:${port}`, pid: child.pid, startMs, stop: () => child.stop() };
}
