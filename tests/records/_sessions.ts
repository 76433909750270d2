// A write of several rows as tools make it: a session of a skill is a time block, a log that points at it, and a counter.
import { z } from "zod";
import { defineTable } from "../../lib/records/define_table.ts";
import type { CallScope } from "../../lib/spaces/call_scope.ts";
import { createHarness, type Harness, insert, refusalOf, shared } from "./_harness.ts";
import type { Refusal } from "../../lib/kit/errors.ts";

export const blocks = defineTable({
  app: "timeblocks",
  name: "timeBlocks",
  record: "time block",
  row: z.object({ title: z.string(), sourceId: z.string() }),
  encrypted: ["title"],
  isPart: true,
});

export const logs = defineTable({
  app: "skilltree",
  name: "logs",
  record: "log",
  row: z.object({ xp: z.number(), blockId: z.string(), order: z.number().default(0) }),
  encrypted: [],
  isPart: true,
});

export const skills = defineTable({
  app: "skilltree",
  name: "skills",
  record: "skill",
  row: z.object({ name: z.string(), totalXp: z.number().default(0), level: z.number().default(0) }),
  encrypted: ["name"],
});

/** A harness with the scope of members of a shared space. */
export type Sessions = Harness & { team(subject: string): Partial<CallScope> & { readonly subject: string } };

export function createSessions(options: Parameters<typeof createHarness>[0] = {}): Sessions {
  return Object.assign(createHarness(options), {
    team: (subject: string) => ({ subject, space: shared("team") }),
  });
}

/** A skill "s" without experience. */
export function start(h: Harness): Promise<void> {
  h.services.write("anna", "skilltree", [
    insert("skills", "s", { name: "Cello", totalXp: 0, createdAt: "2026-05-20T08:00:00.000Z" }, "org-anna"),
  ]);
  return Promise.resolve();
}

/** Logs a session: block first, then the log, then the counter, of which the level is made. */
export async function logSession(
  h: Sessions,
  xp: number,
  { team, ...given }: Partial<CallScope> & { readonly team?: string } = {},
  skill = "s",
): Promise<{ readonly totalXp: number | undefined }> {
  const records = h.write({
    input: { xp, id: skill },
    ...given,
    ...(team === undefined ? {} : h.team(team)),
  });
  return await records.writeTogether(async (rows) => {
    const id = rows.newId(logs);
    const block = await rows.insert(blocks, { title: "Practice", sourceId: id });
    await rows.insert(logs, { xp, blockId: block.id }, { id, lastBy: "order" });
    const { record } = await rows.update(skills, skill, ({ totalXp = 0 }) => {
      const now = totalXp + xp;
      return { totalXp: now, level: Math.floor(now / 15) };
    });
    return { totalXp: record.totalXp };
  });
}

/** A session of which the pushes to one app fail: refused, or stored without an answer. */
export async function tryToLog(h: Sessions, xp: number, app: string, isStored = false): Promise<Refusal> {
  const { intercept } = h.services;
  h.services.intercept = ({ url, method, body }) => {
    if (method !== "POST" || !url.pathname.endsWith(`/${app}`)) return undefined;
    if (isStored) h.services.write("anna", app, JSON.parse(body).changes, "mana-mcp");
    return new Response("", { status: isStored ? 504 : 402 });
  };
  const refusal = await refusalOf(logSession(h, xp));
  h.services.intercept = intercept;
  return refusal;
}
