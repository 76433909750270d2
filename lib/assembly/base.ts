// The parts that most rooms need: what is told of requests, and the way to the services.
import { createRecordGrants } from "../grants/record_grants.ts";
import { tableColumns } from "../tool/tables/table_columns.ts";
import { hide as hideSoftly } from "../kit/secret.ts";
import { createNodeKeys, type NodeKeys } from "../nodes/node_keys.ts";
import { createMarks } from "../nodes/marks.ts";
import { createNodeMessages } from "../nodes/node_messages.ts";
import { createNoStore } from "../nodes/no_store.ts";
import { createStoreKeys } from "../nodes/store_keys.ts";
import { createMetrics } from "../observe/metrics.ts";
import { createPseudonyms } from "../observe/pseudonyms.ts";
import { createNoTrace } from "../observe/trace.ts";
import { createTraceIds } from "../observe/trace_ids.ts";
import { createAccessKnowledge } from "../people/access_knowledge.ts";
import { createAccessNews } from "../people/access_news.ts";
import { createKeyedServices } from "../services/keyed_service.ts";
import { createServiceClient } from "../services/service_client.ts";
import { isSeparate, SERVICES } from "../kit/services.ts";
import { createOffer } from "../tool/offered.ts";
import type { GatewayDeps } from "./gateway_deps.ts";

/** What most rooms need: the outside world, what is told of requests, and the way to the services. */
export function createBase(deps: GatewayDeps) {
  const { clock } = deps;
  const offer = createOffer(deps, deps.settings.toolNames);
  const metrics = createMetrics({
    // A call of a tool that stands for others is counted as theirs.
    tools: offer.registry.tools.filter(({ standsFor }) => standsFor === undefined).map(({ name }) => name),
    services: SERVICES.map(({ name }) => name).filter((name) => isSeparate(name, deps.settings.serviceUrls)),
  });
  const nodeKeys = createNodeKeys(deps.settings.nodeSecrets, randomBytes);
  const services = createServiceClient({
    fetch: deps.fetch,
    clock,
    observe: ({ service, outcome, ms }) => metrics.upstream(service, outcome, ms === null ? null : ms / 1000),
  });
  return {
    ...deps,
    nodeKeys,
    ...createSharing(deps, nodeKeys),
    trace: deps.trace ?? createNoTrace(),
    hide: deps.hide ?? hideSoftly,
    metrics,
    newHexId: createTraceIds((bytes) => crypto.getRandomValues(bytes)),
    grants: createRecordGrants({ clock, columns: tableColumns }),
    ...offer,
    accessKnowledge: createAccessKnowledge({ clock, metrics }),
    pseudonyms: createPseudonyms(nodeKeys.derive("pseudonym")[0].bytes, randomBytes(32)),
    services,
    ...createKeyedServices({ settings: deps.settings, services, clock }),
  };
}

/** What several gateways share: the store, the names in it, and what one tells the others. */
function createSharing({ sharedStore: store = createNoStore(), clock }: GatewayDeps, keys: NodeKeys) {
  const storeKeys = createStoreKeys(keys);
  const marks = createMarks(keys);
  const nodeMessages = createNodeMessages({ store, keys, storeKeys, clock });
  return {
    sharedStore: store,
    storeKeys,
    marks,
    nodeMessages,
    news: createAccessNews({ marks, messages: nodeMessages, clock }),
  };
}

function randomBytes(count: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(count));
}

/** What {@link createBase} makes. */
export type Base = ReturnType<typeof createBase>;
