import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { inTransaction } from "../in_transaction.ts";
import { UNUSED_CLIENT_MS, UNUSED_CLIENTS } from "../limits.ts";

/** Room for one more client, what has to be forgotten for it, or no room. */
export type Admission =
  | { readonly admitted: true; readonly forget: readonly string[] }
  | { readonly admitted: false; readonly retryAfterSeconds: number };

/** Counts the clients that registered and were never connected. */
export interface Registrations {
  /** Notes a new client; registration is open to everybody, so their number must not grow without end. */
  admit(clientId: string): Admission;
  /** Somebody connected it: it is kept from now on. */
  markUsed(clientId: string): void;
}

const Row = z.object({ client_id: z.string(), registered_at: z.number() });

/** Keeps the list in SQLite. A full one forgets its oldest entry once that is old enough to be abandoned. */
export function createRegistrations(db: DatabaseSync, now: () => number): Registrations {
  const unused = db.prepare(
    "SELECT client_id, registered_at FROM client_registrations WHERE used_at IS NULL ORDER BY registered_at, client_id",
  );
  const add = db.prepare("INSERT INTO client_registrations (client_id, registered_at) VALUES (?, ?)");
  const remove = db.prepare("DELETE FROM client_registrations WHERE client_id = ?");
  const use = db.prepare("UPDATE client_registrations SET used_at = ? WHERE client_id = ?");
  return {
    admit: (clientId) =>
      inTransaction(db, () => {
        const waiting = z.array(Row).parse(unused.all());
        const forget = waiting.slice(0, Math.max(0, waiting.length - UNUSED_CLIENTS + 1));
        const newest = forget.at(-1);
        if (newest !== undefined && newest.registered_at + UNUSED_CLIENT_MS > now()) {
          const wait = newest.registered_at + UNUSED_CLIENT_MS - now();
          return { admitted: false, retryAfterSeconds: Math.ceil(wait / 1000) };
        }
        for (const { client_id } of forget) remove.run(client_id);
        add.run(clientId, now());
        return { admitted: true, forget: forget.map(({ client_id }) => client_id) };
      }),
    markUsed: (clientId) => void use.run(now(), clientId),
  };
}
