// What the gateway needs, for its self-test at the start (process/confinement.ts). process_flags.ts has the flags.
import { type Confinement, judgeRights, type PermissionQuery } from "../../process/confinement.ts";
import type { LabelledProbe } from "../../process/confinement_probes.ts";
import { IMPORT_FLAG } from "../../process/process_flags.ts";
import { netRoles } from "./allowed_net.ts";
import { envFlags, netFlag } from "./process_flags.ts";
import type { Settings } from "./settings.ts";
import { SETTINGS } from "./settings_table.ts";

/** Compares what this process may do with what the gateway needs. */
export function judgeConfinement(settings: Settings, query: PermissionQuery): Confinement {
  const flags = { net: netFlag(settings), env: envFlags().join(" "), import: IMPORT_FLAG };
  return judgeRights({ needed: neededProbes(settings), flags }, query);
}

/** What the gateway needs. Without any of these rights it cannot do its work. */
export function neededProbes(settings: Settings): readonly LabelledProbe[] {
  return [
    ...[...netRoles(settings)].map(([label, host]) => ({
      label,
      probe: { name: "net", host } as const,
    })),
    ...SETTINGS.map(({ name }) => ({ label: name, probe: { name: "env", variable: name } as const })),
  ];
}
