// Nodes that are a protocol each, with one secret and clocks of their own: for what an id tells and how many sessions are awake.
import { createNodeSessions } from "../../lib/mcp/legacy/node_sessions.ts";
import type { ProtocolDeps } from "../../lib/mcp/protocol.ts";
import { createNoStore } from "../../lib/nodes/no_store.ts";
import { createNodeKeys, type NodeKeys } from "../../lib/nodes/node_keys.ts";
import { createNodeMessages } from "../../lib/nodes/node_messages.ts";
import { createStoreKeys } from "../../lib/nodes/store_keys.ts";
import { parseSettings } from "../../lib/settings/settings.ts";
import { createFakeClock } from "../_support/fake_clock.ts";
import { nodeSecret } from "../_support/two_nodes.ts";
import { createStack } from "../mcp/_protocol.ts";

/** The keys of nodes with these secrets, the newest first. */
export function keysOf(...kids: readonly string[]): NodeKeys {
  const parsed = parseSettings({ NODE_SECRET: nodeSecret(...kids) });
  if (!parsed.ok) throw new Error(parsed.problems.join("\n"));
  return createNodeKeys(
    parsed.settings.nodeSecrets,
    (count) => crypto.getRandomValues(new Uint8Array(count)),
  );
}

/** A node without a store. */
export function createNode(overrides: Partial<ProtocolDeps> = {}, keys = keysOf("1"), start = 1_000_000) {
  const clock = createFakeClock(start);
  const [store, storeKeys] = [createNoStore(), createStoreKeys(keys)];
  const nodeMessages = createNodeMessages({ store, keys, storeKeys, clock });
  const nodeSessions = createNodeSessions({
    nodeKeys: keys,
    nodeMessages,
    sharedStore: store,
    settings: { nodes: 1 },
    storeKeys,
    clock,
  });
  return { ...createStack({ ...overrides, clock, nodeSessions }), clock };
}
