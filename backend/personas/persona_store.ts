// The descriptors: how each synthetic person is to be played, and when they were last active. Knows no account. The caller holds the
// transaction where several statements belong together.
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { CADENCES, type NewPersona } from "./persona_bodies.ts";

/** Rows of `personas`. One that is leaving, whose deletion has begun, is found only by those who delete. */
export interface PersonaStore {
  find(userId: string): Persona | undefined;
  /** Newest first, those who are leaving included: their deletion is to be repeated. */
  list(): Persona[];
  /** Writes what is given; when the persona was active stays. */
  put(userId: string, persona: Omit<NewPersona, "password">, name: string): void;
  setActive(userId: string): void;
  /** From here on the persona is neither due nor can its runner post anything. */
  setLeaving(userId: string): void;
  /** Takes the next number of a tick. */
  nextTick(userId: string): number;
  /** The row with its ticks, actions and ratings. */
  forget(userId: string): void;
}

/** Creates the store. */
export function createPersonaStore(db: DatabaseSync, now: () => number): PersonaStore {
  const find = db.prepare("SELECT * FROM personas WHERE user_id = ?");
  const list = db.prepare("SELECT * FROM personas ORDER BY created_at DESC, user_id");
  const put = db.prepare(
    `INSERT INTO personas (user_id, email, name, archetype, system_prompt, module_mix, tick_cadence, time_zone, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (user_id) DO UPDATE SET email = excluded.email, name = excluded.name, archetype = excluded.archetype,
       system_prompt = excluded.system_prompt, module_mix = excluded.module_mix, tick_cadence = excluded.tick_cadence,
       time_zone = excluded.time_zone`,
  );
  const setActive = db.prepare("UPDATE personas SET last_active_at = ?2 WHERE user_id = ?1");
  const setLeaving = db.prepare(
    "UPDATE personas SET leaving_since = coalesce(leaving_since, ?2) WHERE user_id = ?1",
  );
  const nextTick = db.prepare(
    "UPDATE personas SET ticks = ticks + 1 WHERE user_id = ? RETURNING ticks - 1 AS number",
  );
  const forget = db.prepare("DELETE FROM personas WHERE user_id = ?");
  return {
    find: (userId) => Row.optional().parse(find.get(userId)),
    list: () => z.array(Row).parse(list.all()),
    put: (userId, { email, archetype, systemPrompt, moduleMix, tickCadence, timeZone }, name) =>
      void put.run(
        userId,
        email,
        name,
        archetype,
        systemPrompt,
        JSON.stringify(moduleMix),
        tickCadence,
        timeZone ?? null,
        now(),
      ),
    setActive: (userId) => void setActive.run(userId, now()),
    setLeaving: (userId) => void setLeaving.run(userId, now()),
    nextTick: (userId) => z.object({ number: z.number() }).parse(nextTick.get(userId)).number,
    forget: (userId) => void forget.run(userId),
  };
}

const Row = z.object({
  user_id: z.string(),
  email: z.string(),
  name: z.string(),
  archetype: z.string(),
  system_prompt: z.string(),
  module_mix: z.string().transform((text) => z.record(z.string(), z.number()).parse(JSON.parse(text))),
  tick_cadence: z.enum(CADENCES),
  time_zone: z.string().nullable(),
  ticks: z.number(),
  last_active_at: z.number().nullable(),
  leaving_since: z.number().nullable(),
  created_at: z.number(),
}).transform((row) => ({
  userId: row.user_id,
  email: row.email,
  name: row.name,
  archetype: row.archetype,
  systemPrompt: row.system_prompt,
  moduleMix: row.module_mix,
  tickCadence: row.tick_cadence,
  timeZone: row.time_zone,
  ticks: row.ticks,
  lastActiveAt: row.last_active_at,
  leavingSince: row.leaving_since,
  createdAt: row.created_at,
}));

/** A descriptor. Times are milliseconds since 1970. */
export type Persona = z.infer<typeof Row>;
