// Every series of `/metrics`: its name, type, labels and meaning, written once. The dashboard, the alerts and docs/observability.md are
// held against this list (tests/observe/series_test.ts). Labels have values from fixed sets, and none is of a person.

/** One metric. Each of its series has the label `service` besides. */
export interface MetricForm {
  readonly type: "counter" | "gauge" | "histogram";
  /** What Prometheus shows beside the name; one line. */
  readonly help: string;
  readonly labels: readonly string[];
}

/** The metrics by name, in the order in which they are written. */
export const METRIC_TABLE = {
  mana_mcp_build_info: { type: "gauge", help: "1, with the version that runs", labels: ["version"] },
  mana_mcp_process_start_time_seconds: {
    type: "gauge",
    help: "When the process started, in seconds since 1970",
    labels: [],
  },
  mana_mcp_process_resident_memory_bytes: {
    type: "gauge",
    help: "Memory that the system counts as this process's",
    labels: [],
  },
  mana_mcp_sessions: { type: "gauge", help: "Sessions of revisions before 2026-07-28", labels: [] },
  mana_mcp_calls_in_flight: { type: "gauge", help: "Tool calls and reads that run now", labels: [] },
  mana_mcp_record_bytes: {
    type: "gauge",
    help: "Memory of folded tables and opened texts, estimated",
    labels: [],
  },
  mana_mcp_opened_bytes: {
    type: "gauge",
    help: "The opened texts' part of that memory, which goes with the key",
    labels: [],
  },
  mana_mcp_hint_streams: {
    type: "gauge",
    help: "Streams of the sync service that tell of changes",
    labels: [],
  },
  mana_mcp_subscribed_streams: {
    type: "gauge",
    help: "Streams of clients that wait for changes of resources",
    labels: [],
  },
  mana_mcp_ledger_waiting_calls: {
    type: "gauge",
    help: "Calls that wait for their row in the ledger",
    labels: [],
  },
  mana_mcp_introspection_unanswered_seconds: {
    type: "gauge",
    help:
      "How long nobody could say whether access of apps still stands; 0 while the last question was answered",
    labels: [],
  },
  mana_mcp_key_set_age_seconds: {
    type: "gauge",
    help: "Age of the signing keys that a token was last verified with; absent before the first token",
    labels: ["publisher"],
  },
  mana_mcp_store_up: { type: "gauge", help: "1 while the shared store can be asked, else 0", labels: [] },
  mana_mcp_listener_failures_total: {
    type: "counter",
    help: "How often connections could not be accepted",
    labels: [],
  },
  mana_mcp_store_answered_total: {
    type: "counter",
    help: "Decisions that the shared store took",
    labels: [],
  },
  mana_mcp_store_missed_total: {
    type: "counter",
    help: "Decisions that the shared store was asked for and did not take in time",
    labels: [],
  },
  mana_mcp_store_skipped_total: {
    type: "counter",
    help: "Decisions that the shared store was not asked for, because it was away",
    labels: [],
  },
  mana_mcp_http_answers_total: {
    type: "counter",
    help:
      "Answers at /mcp and to the pages of the sign-in server, and every refused request, by class of status",
    labels: ["route", "status"],
  },
  mana_mcp_policy_decisions_total: {
    type: "counter",
    help: "What the policy gate decided of calls, and why",
    labels: ["decision", "reason", "mode"],
  },
  mana_mcp_tool_invocations_total: {
    type: "counter",
    help: "Tool calls and reads by outcome; a failed call is answered with HTTP 200",
    labels: ["tool", "outcome"],
  },
  mana_mcp_refusals_total: {
    type: "counter",
    help: "Refusals of calls, of requests and of pages by reason, and on which side the cause lies",
    labels: ["at", "reason", "cause"],
  },
  mana_mcp_upstream_requests_total: {
    type: "counter",
    help: "Requests to the services by outcome",
    labels: ["upstream", "outcome"],
  },
  mana_mcp_mended_texts_total: {
    type: "counter",
    help: "Texts of results in which half a surrogate pair was replaced",
    labels: ["tool"],
  },
  mana_mcp_record_findings_total: {
    type: "counter",
    help: "What was found of records and their fields that is not as it should be",
    labels: ["kind", "table"],
  },
  mana_mcp_ledger_total: {
    type: "counter",
    help: "Rows and entries that went into people's ledgers, and calls that could not be noted",
    labels: ["what"],
  },
  mana_mcp_approvals_total: {
    type: "counter",
    help: "Questions that waited on a person's page: asked, answered yes or no, or cleared away unanswered",
    labels: ["event"],
  },
  mana_mcp_taint_questions_total: {
    type: "counter",
    help: "Calls that had to ask because the app had read texts of others and private ones, or nobody knew",
    labels: ["known"],
  },
  mana_mcp_introspections_total: {
    type: "counter",
    help: "Questions whether access of an app still stands, by answer",
    labels: ["answer"],
  },
  mana_mcp_person_actions_total: {
    type: "counter",
    help: "What the pages of the sign-in server asked for",
    labels: ["action", "outcome"],
  },
  mana_mcp_tool_duration_seconds: {
    type: "histogram",
    help: "How long tool calls and reads took",
    labels: ["tool", "outcome"],
  },
  mana_mcp_upstream_duration_seconds: {
    type: "histogram",
    help: "How long the services took to answer",
    labels: ["upstream"],
  },
  mana_mcp_person_action_duration_seconds: {
    type: "histogram",
    help: "How long it took to answer the pages of the sign-in server",
    labels: ["action"],
  },
} as const satisfies Readonly<Record<string, MetricForm>>;

/** The name of one of the metrics. */
export type MetricName = keyof typeof METRIC_TABLE;

/** The names of all metrics of one type. */
export type MetricNameOf<Type extends MetricForm["type"]> = {
  [Name in MetricName]: (typeof METRIC_TABLE)[Name]["type"] extends Type ? Name : never;
}[MetricName];
