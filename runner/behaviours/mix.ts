// Which modules a persona uses today, and how much: its mix over what the gateway really offers. What is absent falls to notes and to-dos.
import type { OfferedTool } from "../brain/brain.ts";
import type { Deed } from "./behaviour.ts";

/** Weighs modules. Modules without weight are left out. */
export function weighModules(
  mix: Readonly<Record<string, number>>,
  deeds: Readonly<Record<string, readonly Deed[]>>,
  tools: readonly OfferedTool[],
): UsedModules {
  const names = new Set(tools.map(({ name }) => name));
  const isUsable = (module: string) => (deeds[module] ?? []).some(({ tool }) => names.has(tool));
  const weights = new Map<string, number>();
  const absent: string[] = [];
  const add = (module: string, weight: number) => weights.set(module, (weights.get(module) ?? 0) + weight);
  const standIns = STAND_INS.filter(isUsable);
  for (const [module, weight] of Object.entries(mix)) {
    if (weight === 0) continue;
    if (isUsable(module)) add(module, weight);
    else {
      absent.push(module);
      for (const standIn of standIns) add(standIn, weight / standIns.length);
    }
  }
  return { weights, absent };
}

/** What is used instead of modules that the gateway does not offer. */
export const STAND_INS: readonly string[] = ["notes", "todo"];

/** Modules of one day. */
export interface UsedModules {
  /** Module → weight, above zero. */
  readonly weights: ReadonlyMap<string, number>;
  /** Modules of the mix that are not offered, or of which the archetype knows no deed. */
  readonly absent: readonly string[];
}
