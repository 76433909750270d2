// Sleep hygiene: the person's checks, such as "no screen after nine", and on which day which of them were kept. Its score is stored,
// so it is computed as in the web app (contract: modules, sleep).
import { z } from "zod";
import {
  createdOutput,
  dayInput,
  defineAppTable,
  defineTool,
  refuseInput,
  timeZoneInput,
} from "../../lib/tool/authoring.ts";

/** Which checks were kept on a day. */
export const hygieneLogs = defineAppTable("sleep/sleepHygieneLogs", {
  record: "hygiene log",
  fields: ["date", "completedCheckIds", "score"],
});

/** The person's checks. The apps bring ten, which can be switched off. */
export const hygieneChecks = defineAppTable("sleep/sleepHygieneChecks", {
  record: "hygiene check",
  fields: ["name", "description", "category", "isActive", "order"],
});

/** `sleep.hygiene`. */
export const hygiene = defineTool({
  name: "sleep.hygiene",
  title: "Tick sleep hygiene checks",
  access: "write",
  idempotent: true,
  description:
    "Say which sleep hygiene checks the person kept on a day, today by default. The list replaces that of the day. Returns the " +
    "score, 0 to 100.",
  input: z.object({
    completedCheckIds: z.array(z.string().min(1).max(256)).max(100)
      .describe("all that were kept, as {sleep.list} gives them with kind checks"),
    date: dayInput.optional(),
    timeZone: timeZoneInput,
  }),
  output: createdOutput.extend({ date: z.string(), score: z.number() }),
  async run(input, { calendar, records }) {
    const date = input.date ?? calendar(input.timeZone).today;
    return await records.writeTogether(async (rows) => {
      const active = new Set<string>();
      // Counting opens nothing, and meets each check.
      await records.count(hygieneChecks, ({ id, isActive }) => isActive !== false && active.add(id).size > 0);
      const completedCheckIds = [...new Set(input.completedCheckIds)];
      const unknown = completedCheckIds.find((id) => !active.has(id));
      if (unknown !== undefined) {
        refuseInput(`completedCheckIds: no active check has the id ${JSON.stringify(unknown)}`);
      }
      if (active.size === 0) refuseInput("the person has no sleep hygiene checks: the Mana app makes them");
      const score = Math.round(completedCheckIds.length / active.size * 100);
      const { rows: [known] } = await records.list(hygieneLogs, {
        where: (log) => log.date === date,
        order: [{ field: "createdAt", missing: "" }],
        page: { limit: 1 },
      });
      if (known !== undefined) {
        await rows.update(hygieneLogs, known.id, () => ({ completedCheckIds, score }));
        return { id: known.id, date, score };
      }
      const { id } = await rows.insert(hygieneLogs, { date, completedCheckIds, score });
      return { id, date, score };
    });
  },
});
