// Puts the protocol together with what it serves: tools, and records as resources. Nothing here runs per request.
import type { Clock } from "../kit/clock.ts";
import type { Spaces } from "../spaces/spaces.ts";
import { errorClass, type Log } from "../observe/log.ts";
import type { Gate } from "../policy/gate.ts";
import type { RecordStore } from "../records/record_store.ts";
import { createToolRegistry, type ToolRegistry } from "../tool/tool_registry.ts";
import type { Hide } from "../kit/secret.ts";
import type { Module } from "../tool/define_module.ts";
import { createNoTrace } from "../observe/trace.ts";
import { createRequestTally } from "../observe/request_tally.ts";
import { type CallSiteDeps, createCallSite } from "../calls/call_site.ts";
import type { CallLogs } from "../calls/call_log.ts";
import type { Confirmation } from "../calls/confirmation/confirmation.ts";
import { createFastPath } from "./fast/fast_path.ts";
import { createProtocol, type Protocol } from "./protocol.ts";
import { RESOURCE_CAPABILITIES } from "./server/resource_handlers.ts";
import { createResourceTools } from "../resources/resource_tools.ts";
import { SUBSCRIPTION_ID_META_KEY } from "./sdk.ts";
import { createResources } from "../resources/resources.ts";
import { createScopeGuard } from "./scope_guard.ts";
import { describeServer } from "./server/server_description.ts";
import { createSubscriptions } from "../resources/subscriptions.ts";
import { createToolLists } from "./server/tool_lists.ts";
import { createToolServerFactory } from "./server/tool_server.ts";

/** Dependencies of {@link createServing}. */
export interface ServingDeps {
  readonly version: string;
  readonly registry: ToolRegistry;
  readonly modules: readonly Module[];
  readonly store: RecordStore;
  readonly spaces: Spaces;
  readonly gate: Gate;
  readonly confirmation: Confirmation;
  readonly callLogs: CallLogs;
  /** Told of each call that succeeded. */
  readonly onUse: CallSiteDeps["onUse"];
  readonly log: Log;
  readonly hide: Hide;
  readonly clock: Clock;
  /** Whether usual requests are answered in front of the SDK. */
  readonly fastPath: boolean;
}

/** What MCP clients are served: tools, and records as resources with notifications of their changes. */
export interface Serving {
  readonly protocol: Protocol;
  /** Calls and reads that are running now. */
  inFlight(): number;
  /** Resolves as soon as none is running. */
  drained(): Promise<void>;
  /** Ends every call and read; each is still answered, with what became of it. */
  abort(): void;
  /** Streams that wait for changes of resources. */
  subscribedStreams(): number;
  /** Ends sessions, streams and what is in flight. */
  close(): Promise<void>;
}

/** Puts the protocol together with what it serves. */
export function createServing(deps: ServingDeps): Serving {
  const { gate, hide, log, clock, registry, spaces, store } = deps;
  const calls = createCallSite(deps);
  const reads = deps.modules.flatMap(({ resource }) =>
    resource === undefined ? [] : [createResourceTools(resource)]
  );
  const readTools = reads.flatMap(({ collection, record, complete }) => [collection, record, complete]);
  const readCalls = createCallSite({ ...deps, registry: createToolRegistry(readTools, "dotted") });
  const resources = reads.length === 0
    ? undefined
    : createResources({ tools: reads, calls: readCalls, spaces, gate, hide });
  const lists = createToolLists({ registry, gate });
  const subscriptions = resources === undefined ? undefined : createSubscriptions({
    resources,
    lists,
    subscriptionIdKey: SUBSCRIPTION_ID_META_KEY,
    changes: store.changes,
    spaces,
    gate,
    clock,
    tally: createRequestTally(
      createNoTrace().start({ name: "subscriptions", kind: "internal", parent: null }),
      clock,
    ),
    onError: (error) => log.error("stray", { error: errorClass(error) }),
  });
  const offered = resources === undefined || subscriptions === undefined ? {} : {
    resources: { resources, subscriptions },
  };
  const serving = {
    calls,
    lists,
    server: describeServer(deps.version, deps.modules, resources === undefined ? {} : RESOURCE_CAPABILITIES),
    hide,
  };
  const protocol = createProtocol({
    ...(deps.fastPath ? { fastPath: createFastPath({ ...serving, registry, gate }) } : {}),
    ...(subscriptions === undefined ? {} : { subscriptions }),
    inspect: createScopeGuard({ registry, gate, readOf: (uri) => resources?.find(uri)?.tool }),
    factory: createToolServerFactory({ ...serving, ...offered }),
    clock,
    onError: (error) => log.debug("protocol", { error: errorClass(error) }),
  });
  return Object.freeze({
    protocol,
    inFlight: () => calls.inFlight() + readCalls.inFlight(),
    async drained(): Promise<void> {
      await Promise.all([calls.drained(), readCalls.drained()]);
    },
    abort(): void {
      calls.abort();
      readCalls.abort();
    },
    subscribedStreams: () => subscriptions?.count() ?? 0,
    async close(): Promise<void> {
      await protocol.close();
      await subscriptions?.settled();
    },
  });
}
