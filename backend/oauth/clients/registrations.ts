// Bounds the clients that register and are never connected. Forgets the oldest; nobody is locked out by somebody else.
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { addressHash } from "../../kit/address_hash.ts";
import { inTransaction } from "../../database/in_transaction.ts";
import {
  REGISTRATION_WINDOW_MS,
  REGISTRATIONS_PER_ADDRESS,
  UNUSED_CLIENTS,
  UNUSED_CLIENTS_PER_ADDRESS,
} from "../../kit/limits.ts";

/** Counts the clients that registered and were never connected. */
export interface Registrations {
  /** Notes a new client from `address`, if there is room. */
  register(clientId: string, address: string): RegistrationOutcome;
  /** Notes that somebody connected the client: it is kept from now on. */
  markUsed(clientId: string): void;
}

/**
 * Keeps the list in SQLite. An address is refused for a minute by its own registrations alone. A full list forgets the
 * oldest unused client of the address that has most unused clients. The address is kept as a hash, as long as its client.
 */
export function createRegistrations(db: DatabaseSync, now: () => number): Registrations {
  const recent = db.prepare(
    `SELECT count(*) AS count, min(registered_at) AS first FROM client_registrations
     WHERE address = ? AND registered_at > ? AND registered_at <= ?`, // not after now: clocks are set back
  );
  const unusedOf = db.prepare(
    "SELECT count(*) AS count FROM client_registrations WHERE used_at IS NULL AND address = ?",
  );
  const unused = db.prepare("SELECT count(*) AS count FROM client_registrations WHERE used_at IS NULL");
  const oldestOf = db.prepare(
    `SELECT client_id FROM client_registrations WHERE used_at IS NULL AND address = ?
     ORDER BY registered_at, rowid LIMIT 1`,
  );
  const oldestOfMost = db.prepare(
    `SELECT client_id FROM client_registrations WHERE used_at IS NULL AND address = (
       SELECT address FROM client_registrations WHERE used_at IS NULL
       GROUP BY address ORDER BY count(*) DESC, min(registered_at) LIMIT 1
     ) ORDER BY registered_at, rowid LIMIT 1`,
  );
  const add = db.prepare(
    "INSERT INTO client_registrations (client_id, registered_at, address) VALUES (?, ?, ?)",
  );
  const remove = db.prepare("DELETE FROM client_registrations WHERE client_id = ?");
  const use = db.prepare("UPDATE client_registrations SET used_at = ? WHERE client_id = ?");

  const findOverdue = (address: string): string | undefined => {
    const own = Count.parse(unusedOf.get(address)).count;
    if (own >= UNUSED_CLIENTS_PER_ADDRESS) return Id.parse(oldestOf.get(address))?.client_id;
    const all = Count.parse(unused.get()).count;
    return all >= UNUSED_CLIENTS ? Id.parse(oldestOfMost.get())?.client_id : undefined;
  };
  return {
    register: (clientId, from) =>
      inTransaction(db, () => {
        const address = addressHash(from);
        const { count, first } = Recent.parse(recent.get(address, now() - REGISTRATION_WINDOW_MS, now()));
        if (first !== null && count >= REGISTRATIONS_PER_ADDRESS) {
          const wait = first + REGISTRATION_WINDOW_MS - now();
          return { isAdmitted: false, retryAfterSeconds: Math.ceil(wait / 1000) };
        }
        const overdue = findOverdue(address);
        if (overdue !== undefined) remove.run(overdue);
        add.run(clientId, now(), address);
        return { isAdmitted: true, forget: overdue === undefined ? [] : [overdue] };
      }),
    markUsed: (clientId) => void use.run(now(), clientId),
  };
}

/** Room for the client, with the clients to forget for it; or no room, because its address has registered too many. */
export type RegistrationOutcome =
  | { readonly isAdmitted: true; readonly forget: readonly string[] }
  | { readonly isAdmitted: false; readonly retryAfterSeconds: number };

const Count = z.object({ count: z.number() });

const Recent = z.object({ count: z.number(), first: z.number().nullable() });

const Id = z.object({ client_id: z.string() }).optional();
