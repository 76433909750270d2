// Refuses to start on a PostgreSQL that cannot be used, in words that name the place.
import type { PostgresAddress } from "./postgres_address.ts";
import type { SignInDatabase } from "./sign_in_database.ts";

/**
 * Asks the database once, and closes it where that fails.
 *
 * @throws {Error} when the database cannot be reached or does not let us in; later it may
 */
export async function demandUsable(signIn: SignInDatabase, { host, port }: PostgresAddress): Promise<void> {
  try {
    await signIn.alone(() => Promise.resolve());
  } catch (error) {
    await signIn.close();
    // The words of PostgreSQL, or of the network; neither repeats the password.
    const reason = error instanceof AggregateError ? error.errors.map(String).join("; ") : String(error);
    throw new Error(
      `Cannot use SIGN_IN_DATABASE_URL at ${host}:${port}: ${reason.replace(/^[a-z]*error: /i, "")}`,
    );
  }
}
