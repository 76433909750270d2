// Tells the server that signs clients in how often a client was used, for the person's page of connected apps. Counts only.
import { USE_REPORT_DELAY_MS, USE_REPORT_ENTRIES } from "../kit/limits.ts";
import type { Tool } from "../tool/define_tool.ts";
import type { KeyedService } from "../services/keyed_service.ts";
import type { Principal } from "../people/principal.ts";

/** Tells how often a connected client was used, for the person's page of connected apps. */
export interface UseReports {
  /** Counts one call. Counts only: nothing of what was asked or answered. */
  note(principal: Principal, tool: Tool): void;
  /** Sends what was counted; resolves when nothing of it is under way. Never throws: a count that is lost is no harm. */
  flush(): Promise<void>;
}

interface Use {
  readonly grantId: string;
  readonly module: string;
  readonly access: string;
  count: number;
}

/**
 * Creates the reports: gathered for {@link USE_REPORT_DELAY_MS}, at most {@link USE_REPORT_ENTRIES} kinds at once. Without a
 * service key nothing is reported.
 */
export function createUseReports(deps: KeyedService): UseReports {
  const { serviceKey } = deps;
  const uses = new Map<string, Use>();
  let disarm: (() => void) | undefined;
  let sending: Promise<void> = Promise.resolve();

  const send = async (): Promise<void> => {
    const pending = [...uses.values()];
    uses.clear();
    if (serviceKey === null) return;
    for (const { grantId, module, access, count } of pending) {
      await deps.services.send({
        service: deps.name,
        method: "POST",
        url: `${deps.url}/api/v1/internal/grants/${encodeURIComponent(grantId)}/use`,
        headers: { "x-service-key": serviceKey.reveal() },
        body: JSON.stringify({ module, access, count }),
      }).catch(() => {});
    }
  };

  // Whoever flushes last waits for all that is under way: the process may end then.
  const flush = (): Promise<void> => {
    disarm?.();
    disarm = undefined;
    return sending = sending.then(send);
  };

  return Object.freeze({
    note({ client }: Principal, { module, access, scope }: Tool): void {
      // The gateway's own tools are no module of the person's.
      if (scope === "general") return;
      // A grant id that is all dots would climb out of the path.
      if (serviceKey === null || client === null || /^\.*$/.test(client.grantId)) return;
      const key = JSON.stringify([client.grantId, module, access]);
      const use = uses.get(key);
      if (use !== undefined) use.count += 1;
      else if (uses.size < USE_REPORT_ENTRIES) {
        uses.set(key, { grantId: client.grantId, module, access, count: 1 });
      }
      disarm ??= deps.clock.after(USE_REPORT_DELAY_MS, () => void flush());
    },
    flush,
  });
}
