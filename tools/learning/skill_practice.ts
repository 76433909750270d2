// Practice of a skill: an activity, the skill's counters, and a time block where the practice took time (contract: modules,
// skilltree).
import { z } from "zod";
import { createdOutput, defineTool, demandReadable, visibleText } from "../../lib/tool/authoring.ts";
import { timeBlocks } from "../day/time_blocks.ts";
import { activities, levelOf, SkillId, skills } from "./skills.ts";

/** `skilltree.add_xp`. */
export const addXp = defineTool({
  name: "skilltree.add_xp",
  title: "Add practice to a skill",
  access: "write",
  description:
    "Note that the person has just practised a skill, for a number of experience points. With `duration` the practice also " +
    "stands in the calendar. Returns the new sum and level (0 to 5).",
  input: z.object({
    skillId: SkillId,
    xp: z.int().min(1).max(10_000),
    description: visibleText(500).describe("what was practised"),
    duration: z.int().min(1).max(1_440).optional().describe("minutes, until now"),
  }),
  output: createdOutput.extend({ totalXp: z.number(), level: z.number() }),
  async run({ skillId, xp, description, duration }, { records, now }) {
    return await records.writeTogether(async (rows) => {
      const skill = await records.get(skills, skillId);
      demandReadable(skills, skill, ["currentXp", "totalXp"]);
      const id = rows.newId(activities);
      if (duration !== undefined) {
        await rows.insert(timeBlocks, {
          startDate: minutesBefore(now, duration),
          endDate: now,
          kind: "logged",
          type: "practice",
          sourceModule: "skilltree",
          sourceId: id,
          title: `${skill.name ?? ""}: ${description}`,
          color: skill.color ?? USUAL_COLOR,
        });
      }
      const activity = { skillId, xpEarned: xp, description, timestamp: now };
      await rows.insert(activities, duration === undefined ? activity : { ...activity, duration }, { id });
      const { record } = await rows.update(skills, skillId, ({ currentXp = 0, totalXp = 0 }) => ({
        currentXp: currentXp + xp,
        totalXp: totalXp + xp,
        level: levelOf(totalXp + xp),
      }));
      return { id, totalXp: record.totalXp ?? 0, level: record.level ?? 0 };
    });
  },
});

/** The colour of a block whose skill has none. */
const USUAL_COLOR = "#f97316";

function minutesBefore(instant: string, minutes: number): string {
  return Temporal.Instant.from(instant).subtract({ minutes }).toString({ fractionalSecondDigits: 3 });
}
