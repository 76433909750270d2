// Refuses to start with secrets that do not open what sign-in's database holds.
import type { Identity } from "./identity.ts";
import { SetupFault } from "../kit/setup_fault.ts";
import type { SignInDatabase } from "../database/sign_in_database.ts";

/**
 * Signs once with the stored key, which a secret has to open. With the secrets of another installation the server would
 * start and fail every login.
 *
 * @throws {SetupFault} when the secrets do not fit the database
 */
export async function demandFittingSecret(identity: Identity, { type }: SignInDatabase): Promise<void> {
  try {
    await identity.api.signJWT({ body: { payload: {} } });
  } catch {
    // better-auth has no error of its own for a key that does not open
    throw new SetupFault(
      type === "sqlite"
        ? "The signing key in the data folder does not open with this secrets.json or SIGN_IN_SECRETS: " +
          "restore the secrets that belong to it"
        : "The signing key in SIGN_IN_DATABASE_URL does not open with SIGN_IN_SECRETS: " +
          "set the same secrets under the same ids as on the other nodes",
    );
  }
}
