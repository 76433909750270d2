// What the runner's process may do when the Agent SDK plays: the runner's own rights, and beside them the SDK's program, a folder for the homes
// of its child, and the name of the home folder, for which the SDK asks. The child itself is held by none of these.
import { type Confinement, judgeRights, type PermissionQuery } from "../../process/confinement.ts";
import { runnerFlags, runnerNeed } from "../settings/permissions.ts";
import type { Settings } from "../settings/settings.ts";

/** Where the SDK's program and the homes of its child are, as absolute paths. */
export interface SdkPlaces {
  readonly program: string;
  readonly homes: string;
}

/** The flags; null stands for unusable settings. */
export function agentSdkFlags(settings: Settings | null, places: SdkPlaces): readonly string[] {
  return [...runnerFlags(settings), ...Object.values(ownFlags(places))];
}

/** Compares what this process may do with what it needs. */
export function judgeAgentSdkConfinement(
  settings: Settings,
  places: SdkPlaces,
  query: PermissionQuery,
): Confinement {
  const { needed, flags } = runnerNeed(settings);
  return judgeRights({
    needed: [
      ...needed,
      { label: "the Agent SDK's program", probe: { name: "run", command: places.program } },
      { label: "homes", probe: { name: "read", path: places.homes } },
      { label: "homes", probe: { name: "write", path: places.homes } },
      { label: "homedir", probe: { name: "sys", kind: "homedir" } },
    ],
    flags: { ...flags, ...ownFlags(places) },
    isOwnPath: (path) => path === places.homes || path.startsWith(`${places.homes}/`),
  }, query);
}

function ownFlags({ program, homes }: SdkPlaces) {
  return {
    run: `--allow-run=${program}`,
    read: `--allow-read=${homes}`,
    write: `--allow-write=${homes}`,
    sys: "--allow-sys=homedir",
  };
}
