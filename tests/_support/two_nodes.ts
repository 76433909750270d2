// Several gateways of one world, as an operator runs them: over the same services, with the same secrets, nothing else shared.
import type { Gateway } from "../../lib/gateway.ts";
import type { AnotherGateway, World } from "./world.ts";

/** A gateway, as the helpers of tests send requests to it. A world is one, with its own gateway. */
export interface Node {
  readonly gateway: Gateway;
}

/** NODE_SECRET with these ids, the newest first; an id always has the same secret. */
export function nodeSecret(...kids: readonly string[]): string {
  return kids.map((kid) => `${kid}:${new TextEncoder().encode(kid.padStart(32, "-")).toBase64()}`).join(",");
}

/** Settings of a world whose gateways share a secret. */
export const SHARED = { NODE_SECRET: nodeSecret("1") };

/** Adds a node to the world, which has the world's settings unless told otherwise. It stops with the world. */
export function addNode(world: World, changes: AnotherGateway = {}): Node {
  return { gateway: world.another(changes) };
}

/** The node dies: it takes nothing along and tells nobody. Requests to it fail from now on. */
export function lose(node: Node): Node {
  void node.gateway.stop();
  return { gateway: { ...node.gateway, fetch: () => Promise.reject(new TypeError("connection refused")) } };
}

/** The nodes behind a load balancer without affinity: each request goes to the next one. */
export function inTurn(...nodes: readonly [Node, ...Node[]]): Node {
  let turn = 0;
  const next = () => (nodes[turn++ % nodes.length] ?? nodes[0]).gateway;
  return {
    gateway: {
      fetch: (request, connection) => next().fetch(request, connection),
      probe: (request) => next().probe(request),
      stop: () => Promise.resolve(),
    },
  };
}

/** From now on the sign-in server's pages ask this node. */
export function askPagesAt(world: World, node: Node): void {
  world.interceptPages = (request) => node.gateway.fetch(request);
}
