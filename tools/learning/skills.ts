// The tables of the skill tree, and how much practice makes which level. Nothing in them is sealed.
import { defineAppTable, recordId } from "../../lib/tool/authoring.ts";

/** Skills, each within a branch and perhaps below another. */
export const skills = defineAppTable("skilltree/skills", {
  record: "skill",
  fields: ["name", "description", "branch", "parentId", "icon", "color", "currentXp", "totalXp", "level"],
});

/** What was practised: it belongs to its skill. */
export const activities = defineAppTable("skilltree/activities", {
  record: "activity",
  fields: ["skillId", "xpEarned", "description", "duration", "timestamp"],
});

/** The input of several tools. */
export const SkillId = recordId("skill", "skilltree.list");

/** The level of a sum of experience points, 0 to 5, as the Mana apps count it. */
export function levelOf(totalXp: number): number {
  return THRESHOLDS.findLastIndex((least) => totalXp >= least);
}

const THRESHOLDS = [0, 100, 500, 1_500, 4_000, 10_000] as const;
