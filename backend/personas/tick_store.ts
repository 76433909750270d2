// Ticks: who has a persona now, how each tick ended, what was done and what is thought of it. Every call is one transaction, and
// nothing waits between looking and writing: of two claims at once one wins.
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { inTransaction } from "../database/in_transaction.ts";
import { type Action, type Feedback, TICK_ROW } from "./persona_bodies.ts";
import { HELD_MS_MAX, KEPT_MS } from "./persona_limits.ts";
import type { PersonaStore } from "./persona_store.ts";

/** Claims, and the rows of ticks. A persona of that id exists and is not leaving. */
export interface TickStore {
  /**
   * Gives the persona to one tick until the lease ends, and counts as activity, so that a tick that dies at once is not due again
   * at once. The same tick may claim again, which is its retry, and gets the same number.
   */
  claim(personaId: string, tickId: string, leaseMs: number): ClaimResult;
  /** When the claim that holds now ends; `undefined`: nobody has the persona. */
  heldUntil(personaId: string): number | undefined;
  /** Stores rows that are not there yet. A row of {@link TICK_ROW} ends the tick and its claim. */
  addActions(personaId: string, from: number, actions: readonly Action[]): Written;
  /** Stores ratings of modules that the tick has not rated yet. */
  addFeedback(personaId: string, feedback: readonly Feedback[]): Written;
  /** Forgets ticks of all personas that began longer ago than {@link KEPT_MS}, with their rows. Every claim does so, too. */
  forgetOld(): void;
}

/** What a claim got. */
export type ClaimResult =
  | { readonly ok: true; readonly number: number }
  /** Another tick has the persona, or this tick has ended: then `heldUntil` is now. */
  | { readonly ok: false; readonly heldUntil: number };

/** How many rows were new and how many the tick has now; `undefined`: the tick is another persona's. */
export type Written = { readonly written: number; readonly stored: number } | undefined;

/** Creates the store. */
export function createTickStore(db: DatabaseSync, personas: PersonaStore, now: () => number): TickStore {
  const store = { ...prepare(db), personas, now };
  const begin = <T>(work: () => T) => inTransaction(db, work);
  return {
    claim: (personaId, tickId, leaseMs) => begin(() => claim(store, personaId, tickId, leaseMs)),
    heldUntil: (personaId) => holder(store, personaId)?.claimed_until ?? undefined,
    addActions: (personaId, from, actions) => begin(() => addActions(store, personaId, from, actions)),
    addFeedback: (personaId, feedback) => begin(() => addFeedback(store, personaId, feedback)),
    forgetOld: () => forgetOld(store),
  };
}

interface Store extends ReturnType<typeof prepare> {
  readonly personas: PersonaStore;
  readonly now: () => number;
}

function prepare(db: DatabaseSync) {
  return {
    find: db.prepare("SELECT * FROM persona_ticks WHERE tick_id = ?"),
    holder: db.prepare(
      `SELECT * FROM persona_ticks WHERE persona_id = ?1 AND ended_at IS NULL AND claimed_until > ?2 AND claimed_until <= ?3
       ORDER BY claimed_until DESC LIMIT 1`,
    ),
    begin: db.prepare(
      `INSERT INTO persona_ticks (tick_id, persona_id, number, claimed_until, started_at) VALUES (?, ?, ?, ?, ?)`,
    ),
    prolong: db.prepare("UPDATE persona_ticks SET claimed_until = ?2 WHERE tick_id = ?1"),
    end: db.prepare(
      `UPDATE persona_ticks SET ending = ?2, ended_at = ?3, claimed_until = NULL WHERE tick_id = ?1 AND ended_at IS NULL`,
    ),
    addAction: db.prepare(
      `INSERT OR IGNORE INTO persona_actions
         (tick_id, place, persona_id, tool_name, input_hash, result, error_message, latency_ms, created_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    addRating: db.prepare(
      `INSERT OR IGNORE INTO persona_feedback (tick_id, module, persona_id, rating, notes, created_at) VALUES (?, ?, ?, ?, ?, ?)`,
    ),
    countActions: db.prepare("SELECT count(*) AS count FROM persona_actions WHERE tick_id = ?"),
    countRatings: db.prepare("SELECT count(*) AS count FROM persona_feedback WHERE tick_id = ?"),
    forgetOld: db.prepare("DELETE FROM persona_ticks WHERE started_at < ?"),
  };
}

const TickRow = z.object({
  tick_id: z.string(),
  persona_id: z.string(),
  number: z.number(),
  claimed_until: z.number().nullable(),
  ended_at: z.number().nullable(),
});

function findTick(store: Store, tickId: string) {
  return TickRow.optional().parse(store.find.get(tickId));
}

function holder(store: Store, personaId: string) {
  const now = store.now();
  return TickRow.optional().parse(store.holder.get(personaId, now, now + HELD_MS_MAX));
}

function claim(store: Store, personaId: string, tickId: string, leaseMs: number): ClaimResult {
  const { personas, now } = store;
  const held = holder(store, personaId);
  if (held !== undefined && held.tick_id !== tickId) {
    return { ok: false, heldUntil: held.claimed_until ?? now() };
  }
  const tick = findTick(store, tickId) ?? beginTick(store, personaId, tickId);
  if (tick.persona_id !== personaId || tick.ended_at !== null) return { ok: false, heldUntil: now() };
  store.prolong.run(tickId, now() + leaseMs);
  personas.setActive(personaId);
  forgetOld(store);
  return { ok: true, number: tick.number };
}

function forgetOld({ forgetOld: statement, now }: Store): void {
  statement.run(now() - KEPT_MS);
}

/** Also for rows without a claim, as runners post them that know services without claims. */
function beginTick(store: Store, personaId: string, tickId: string) {
  const number = store.personas.nextTick(personaId);
  store.begin.run(tickId, personaId, number, null, store.now());
  return TickRow.parse(store.find.get(tickId));
}

function ownTick(store: Store, personaId: string, tickId: string): boolean {
  return (findTick(store, tickId) ?? beginTick(store, personaId, tickId)).persona_id === personaId;
}

function addActions(store: Store, personaId: string, from: number, actions: readonly Action[]): Written {
  const tickId = actions[0]?.tickId;
  if (tickId === undefined || !ownTick(store, personaId, tickId)) return undefined;
  const at = store.now();
  let written = 0;
  actions.forEach((row, index) => {
    const { toolName, inputHash, result, errorMessage, latencyMs } = row;
    const optional = [inputHash ?? null, result, errorMessage ?? null, latencyMs ?? null] as const;
    const { changes } = store.addAction.run(tickId, from + index, personaId, toolName, ...optional, at);
    written += Number(changes);
    if (toolName === TICK_ROW) store.end.run(tickId, errorMessage ?? null, at);
  });
  store.personas.setActive(personaId);
  return { written, stored: countOf(store.countActions.get(tickId)) };
}

function addFeedback(store: Store, personaId: string, feedback: readonly Feedback[]): Written {
  const tickId = feedback[0]?.tickId;
  if (tickId === undefined || !ownTick(store, personaId, tickId)) return undefined;
  let written = 0;
  for (const { module, rating, notes } of feedback) {
    const { changes } = store.addRating.run(tickId, module, personaId, rating, notes ?? null, store.now());
    written += Number(changes);
  }
  return { written, stored: countOf(store.countRatings.get(tickId)) };
}

function countOf(row: unknown): number {
  return z.object({ count: z.number() }).parse(row).count;
}
