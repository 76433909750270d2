// Bounds the clients that register and are never connected. Forgets the oldest; nobody is locked out by somebody else.
import type { Kysely } from "kysely";
import type { SignInDatabase } from "../../database/sign_in_database.ts";
import type { SignInTables } from "../../database/sign_in_tables.ts";
import { addressHash } from "../../kit/address_hash.ts";
import {
  REGISTRATION_WINDOW_MS,
  REGISTRATIONS_PER_ADDRESS,
  UNUSED_CLIENTS,
  UNUSED_CLIENTS_PER_ADDRESS,
} from "../../kit/limits.ts";

/** Counts the clients that registered and were never connected. */
export interface Registrations {
  /** Notes a new client from `address`, if there is room. */
  register(clientId: string, address: string): Promise<RegistrationOutcome>;
  /** Notes that somebody connected the client: it is kept from now on. */
  markUsed(clientId: string): Promise<void>;
}

/**
 * Keeps the list in sign-in's database. An address is refused for a minute by its own registrations alone. A full list
 * forgets the oldest unused client of the address that has most unused clients. The address is kept as a hash, as long as
 * its client.
 */
export function createRegistrations(signIn: SignInDatabase, now: () => number): Registrations {
  return {
    register: (clientId, from) =>
      signIn.write(async (trx) => {
        const address = addressHash(from);
        const wait = await millisecondsToWait(trx, address, now());
        if (wait > 0) return { isAdmitted: false, retryAfterSeconds: Math.ceil(wait / 1000) };
        const overdue = await findOverdue(trx, address);
        if (overdue !== undefined) {
          await trx.deleteFrom("client_registrations").where("client_id", "=", overdue).execute();
        }
        await trx.insertInto("client_registrations")
          .values({ client_id: clientId, registered_at: now(), address }).execute();
        return { isAdmitted: true, forget: overdue === undefined ? [] : [overdue] };
      }),
    async markUsed(clientId) {
      await signIn.db.updateTable("client_registrations").set({ used_at: now() })
        .where("client_id", "=", clientId).execute();
    },
  };
}

/** Room for the client, with the clients to forget for it; or no room, because its address has registered too many. */
export type RegistrationOutcome =
  | { readonly isAdmitted: true; readonly forget: readonly string[] }
  | { readonly isAdmitted: false; readonly retryAfterSeconds: number };

/** The time until an address may register again; 0: now. */
async function millisecondsToWait(trx: Kysely<SignInTables>, address: string, now: number): Promise<number> {
  const { count, first } = await trx.selectFrom("client_registrations")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .select(({ fn }) => fn.min<number | null>("registered_at").as("first"))
    .where("address", "=", address).where("registered_at", ">", now - REGISTRATION_WINDOW_MS)
    .where("registered_at", "<=", now) // not after now: clocks are set back
    .executeTakeFirstOrThrow();
  return first !== null && count >= REGISTRATIONS_PER_ADDRESS ? first + REGISTRATION_WINDOW_MS - now : 0;
}

/** The client that has to go for a new client of this address. */
async function findOverdue(trx: Kysely<SignInTables>, address: string): Promise<string | undefined> {
  const unused = trx.selectFrom("client_registrations").where("used_at", "is", null);
  const count = unused.select(({ fn }) => fn.countAll<number>().as("count"));
  const own = await count.where("address", "=", address).executeTakeFirstOrThrow();
  if (own.count >= UNUSED_CLIENTS_PER_ADDRESS) return await findOldest(trx, address);
  if ((await count.executeTakeFirstOrThrow()).count < UNUSED_CLIENTS) return undefined;
  const most = await unused.select("address").groupBy("address").orderBy(({ fn }) => fn.countAll(), "desc")
    .orderBy(({ fn }) => fn.min("registered_at")).limit(1).executeTakeFirst();
  return most && await findOldest(trx, most.address);
}

async function findOldest(trx: Kysely<SignInTables>, address: string): Promise<string | undefined> {
  const oldest = await trx.selectFrom("client_registrations").select("client_id").where("used_at", "is", null)
    .where("address", "=", address).orderBy("registered_at").orderBy("id").limit(1).executeTakeFirst();
  return oldest?.client_id;
}
