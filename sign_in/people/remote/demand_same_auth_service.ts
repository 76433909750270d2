// Refuses to start when the database holds people of another auth service: their ids could mean somebody else here.
import { sql } from "kysely";
import type { SignInDatabase } from "../../database/sign_in_database.ts";
import { SetupFault } from "../../kit/setup_fault.ts";

/**
 * Notes the auth service in an empty database, and compares it in every other.
 *
 * @throws {SetupFault} when there are people of another auth service, or of an embedded backend
 */
export async function demandSameAuthService(signIn: SignInDatabase, issuer: string): Promise<void> {
  await signIn.write(async (trx) => {
    const known = await trx.selectFrom("auth_services").select("issuer").executeTakeFirst();
    if (known?.issuer === issuer) return;
    const { rows } = await sql`SELECT 1 FROM ${sql.table("user")} LIMIT 1`.execute(trx);
    if (rows.length > 0) {
      throw new SetupFault(
        known === undefined
          ? "The people in sign-in's database are accounts of an embedded backend, not of an auth service: give this server a database of its own (SIGN_IN_DATA, SIGN_IN_DATABASE_URL)"
          : `The people in sign-in's database belong to the auth service ${known.issuer}, and JWT_ISSUER is ${issuer}: set JWT_ISSUER as before, or give this server a database of its own (SIGN_IN_DATA, SIGN_IN_DATABASE_URL)`,
      );
    }
    await trx.deleteFrom("auth_services").execute();
    await trx.insertInto("auth_services").values({ issuer }).execute();
  });
}
