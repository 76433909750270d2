// Puts the protocol together with what it serves: tools, prompts, skills, and records and views as resources. Nothing here runs per
// request.
import { type CallSite, type CallSiteDeps, createCallSite } from "../calls/call_site.ts";
import type { Hide } from "../kit/secret.ts";
import { errorClass } from "../observe/error_class.ts";
import type { RecordGrants } from "../grants/record_grants.ts";
import type { Log } from "../observe/log.ts";
import { createRequestTally } from "../observe/request_tally.ts";
import { createNoTrace } from "../observe/trace.ts";
import type { RecordStore } from "../records/record_store.ts";
import { createResourceTools } from "../resources/resource_tools.ts";
import { createResources, type Resources } from "../resources/resources.ts";
import { createSubscriptions, type Subscriptions } from "../resources/subscriptions.ts";
import { createViewResources } from "../resources/view_resources.ts";
import type { Settings } from "../settings/settings.ts";
import type { Prompt } from "../tool/define_prompt.ts";
import type { Skill } from "../tool/skills/define_skill.ts";
import type { ToolProfiles } from "../tool/profiles/tool_profiles.ts";
import { createToolRegistry } from "../tool/tool_registry.ts";
import type { View } from "../tool/views/define_view.ts";
import { createFastPath } from "./fast/fast_path.ts";
import { createNodeSessions, type NodeSessionsDeps } from "./legacy/node_sessions.ts";
import type { Trace } from "../observe/trace.ts";
import { createOperations } from "./operations.ts";
import { createProtocol, type Protocol } from "./protocol.ts";
import { createScopeGuard } from "./scope_guard.ts";
import { SUBSCRIPTION_ID_META_KEY } from "./sdk.ts";
import { PROMPT_CAPABILITIES } from "./server/prompt_handlers.ts";
import { createPromptList } from "./server/prompt_list.ts";
import { RESOURCE_CAPABILITIES, VIEWS_EXTENSION } from "./server/resource_handlers.ts";
import { describeServer } from "./server/server_description.ts";
import { SKILLS_EXTENSION } from "./server/skill_handlers.ts";
import { createSkillList } from "./server/skill_list.ts";
import { createToolLists, type ToolLists } from "./server/tool_lists.ts";
import { createToolServerFactory } from "./server/tool_server.ts";

/** What MCP clients are served: tools, prompts, skills, views, and records as resources with notifications of their changes. */
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

/** Dependencies of {@link createServing}. */
export interface ServingDeps extends Omit<CallSiteDeps, "store">, NodeSessionsDeps {
  readonly version: string;
  readonly settings: Pick<Settings, "publicUrl" | "nodes">;
  readonly prompts: readonly Prompt[];
  readonly views: readonly View[];
  readonly skills: readonly Skill[];
  readonly profiles: ToolProfiles;
  readonly store: RecordStore;
  readonly grants: RecordGrants;
  readonly log: Log;
  readonly trace: Trace;
  readonly hide: Hide;
  /** Whether usual requests are answered in front of the SDK. */
  readonly fastPath: boolean;
}

/** Puts the protocol together with what it serves. Throws TypeError where a prompt or a skill does not fit the tools. */
export function createServing(deps: ServingDeps): Serving {
  const { disclosure, gate, hide, log, clock, registry } = deps;
  const calls = createCallSite(deps);
  const lists = createToolLists(deps);
  const { resources, reads } = createReads(deps);
  const subscriptions = resources === undefined ? undefined : subscribeTo(deps, resources, lists);
  const prompts = deps.prompts.length === 0 ? undefined : createPromptList(deps);
  const skills = deps.skills.length === 0 ? undefined : createSkillList(deps);
  if (skills !== undefined && resources === undefined) {
    throw new TypeError("Cannot serve skills: their files are resources, and no module has any");
  }
  const nodeSessions = createNodeSessions(deps);
  const serving = {
    calls,
    lists,
    hide,
    operations: createOperations(deps),
    server: describeServer(deps, {
      ...(resources === undefined ? {} : RESOURCE_CAPABILITIES),
      ...(prompts === undefined ? {} : PROMPT_CAPABILITIES),
    }, {
      ...(deps.views.length === 0 ? {} : VIEWS_EXTENSION),
      ...(skills === undefined ? {} : SKILLS_EXTENSION),
    }),
  };
  const protocol = createProtocol({
    ...(deps.fastPath ? { fastPath: createFastPath({ ...serving, disclosure, registry, gate }) } : {}),
    ...(subscriptions === undefined ? {} : { subscriptions }),
    inspect: createScopeGuard({ registry, gate, readOf: (uri) => resources?.find(uri)?.tool }),
    factory: createToolServerFactory({
      ...serving,
      mayLoseAnswers: () => nodeSessions?.mayLoseAnswers() === true,
      ...(prompts === undefined ? {} : { prompts }),
      ...(skills === undefined ? {} : { skills }),
      ...(resources === undefined || subscriptions === undefined
        ? {}
        : { resources: { resources, subscriptions, clock, ...(skills === undefined ? {} : { skills }) } }),
    }),
    clock,
    trace: deps.trace,
    nodeSessions,
    onError: (error) => log.debug("protocol", { error: errorClass(error) }),
  });
  return Object.freeze({
    protocol,
    inFlight: () => calls.inFlight() + reads.inFlight(),
    async drained(): Promise<void> {
      await Promise.all([calls.drained(), reads.drained()]);
    },
    abort(): void {
      calls.abort();
      reads.abort();
    },
    subscribedStreams: () => subscriptions?.count() ?? 0,
    async close(): Promise<void> {
      await protocol.close();
      await subscriptions?.settled();
    },
  });
}

/** The resources of the modules and the views, undefined where there is none, and the call site that runs their reads. */
function createReads(
  deps: ServingDeps,
): { readonly resources: Resources | undefined; readonly reads: CallSite } {
  const tools = deps.modules.flatMap(({ resource }) =>
    resource === undefined ? [] : [createResourceTools(resource)]
  );
  const origin = deps.settings.publicUrl === null ? null : new URL(deps.settings.publicUrl).origin;
  const readTools = tools.flatMap(({ collection, record, complete, titles }) => [
    collection,
    record,
    complete,
    ...(titles === null ? [] : [titles]),
  ]);
  const reads = createCallSite({ ...deps, registry: createToolRegistry(readTools, "dotted") });
  return {
    resources: tools.length === 0 && deps.views.length === 0
      ? undefined
      : createResources({ ...deps, tools, views: createViewResources({ ...deps, origin }), calls: reads }),
    reads,
  };
}

function subscribeTo(deps: ServingDeps, resources: Resources, lists: ToolLists): Subscriptions {
  const noSpan = createNoTrace().start({ name: "subscriptions", kind: "internal", parent: null });
  return createSubscriptions({
    ...deps,
    resources,
    lists,
    subscriptionIdKey: SUBSCRIPTION_ID_META_KEY,
    changes: deps.store.changes,
    tally: createRequestTally(noSpan, deps.clock),
    onError: (error) => deps.log.error("stray", { error: errorClass(error) }),
  });
}
