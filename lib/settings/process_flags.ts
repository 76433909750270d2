// The flags of the gateway's process, and the only place that knows them: `deno task permissions` prints them, `serve`, `start`
// and `compile` use them, the self-test at start measures against them.
import { CODE_FLAGS, IMPORT_FLAG, NO_HOST, variableFlags } from "../../process/process_flags.ts";
import { allowedNet } from "./allowed_net.ts";
import { DEFAULT_MEMORY_MB, memoryFlag } from "./memory_shares.ts";
import type { Settings } from "./settings.ts";
import { SETTINGS } from "./settings_table.ts";

/**
 * All flags for these settings. Without usable settings (null) there is no host to allow; the gateway then only gets to say what
 * is wrong with its settings. No flag holds white space, so that a task may expand the list unquoted.
 */
export function gatewayFlags(settings: Settings | null): readonly string[] {
  return [
    ...CODE_FLAGS,
    netFlag(settings),
    ...envFlags(),
    IMPORT_FLAG,
    memoryFlag(settings?.memoryMb ?? DEFAULT_MEMORY_MB),
    ...(settings?.worker ? [SHARED_PORT_FLAG] : []),
  ];
}

/**
 * Lets workers listen on one port, which Deno calls unstable. The flag is no right: it brings UDP and QUIC into reach of code, and
 * `--allow-net` holds for both.
 */
export const SHARED_PORT_FLAG = "--unstable-net";

/**
 * All flags of a compiled gateway. Every worker runs the same binary, so that one may listen on the port of any worker's metrics;
 * each still listens on its own alone.
 */
export function binaryFlags(settings: Settings): readonly string[] {
  const { worker, metricsPort } = settings;
  if (worker === null || metricsPort === null) return gatewayFlags(settings);
  const first = metricsPort - worker.index + 1;
  const workers = Array.from(
    { length: worker.count },
    (_, index) => ({ ...settings, metricsPort: first + index }),
  );
  const net = netFlagOf([...new Set(workers.flatMap(allowedNet))]);
  return gatewayFlags(settings).map((flag) => flag === netFlag(settings) ? net : flag);
}

/** The network: the listening address and the services. */
export function netFlag(settings: Settings | null): string {
  return netFlagOf(settings === null ? [NO_HOST] : allowedNet(settings));
}

function netFlagOf(hosts: readonly string[]): string {
  return `--allow-net=${hosts.join(",")}`;
}

/** The variables of the settings. */
export function envFlags(): readonly string[] {
  return variableFlags(SETTINGS.map(({ name }) => name));
}
