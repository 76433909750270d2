// Names of the environment variables that the processes read, for the rights of the tasks.
import { SETTING_NAMES as BACKEND_SETTINGS } from "../../backend/settings.ts";
import { SETTING_NAMES as SIGN_IN_SETTINGS } from "../../sign_in/settings/settings_table.ts";
import { SETTINGS } from "../../lib/settings/settings_table.ts";

/** Every variable that the gateway, the embedded backend or the sign-in server reads, each once. */
export const SETTING_NAMES: readonly string[] = [
  ...new Set([...SETTINGS.map(({ name }) => name), ...BACKEND_SETTINGS, ...SIGN_IN_SETTINGS]),
];

/** Variables that Deno reads itself to export spans and metrics (docs/observability.md); handed on to the gateway. */
export const TELEMETRY_NAMES: readonly string[] = [
  "OTEL_DENO",
  "OTEL_EXPORTER_OTLP_ENDPOINT",
  "OTEL_EXPORTER_OTLP_HEADERS",
  "OTEL_EXPORTER_OTLP_PROTOCOL",
  "OTEL_METRIC_EXPORT_INTERVAL",
  "OTEL_RESOURCE_ATTRIBUTES",
  "OTEL_SERVICE_NAME",
];
