// Refuses to start with a secret that does not open what sign-in's database holds.
import type { Identity } from "../identity/identity.ts";
import { SetupFault } from "../kit/setup_fault.ts";
import type { SignInDatabase } from "./sign_in_database.ts";

/**
 * Signs once with the stored key, which the secret has to open. With the secret of another installation the server would
 * start and fail every login.
 *
 * @throws {SetupFault} when the secret does not fit the database
 */
export async function demandFittingSecret(identity: Identity, { type }: SignInDatabase): Promise<void> {
  try {
    await identity.api.signJWT({ body: { payload: {} } });
  } catch {
    // better-auth has no error of its own for a key that does not open
    throw new SetupFault(
      type === "sqlite"
        ? "The signing key in auth.sqlite does not open with this secrets.json: restore the secrets.json that belongs to it"
        : "The signing key in SIGN_IN_DATABASE_URL does not open with this secret: set SIGN_IN_SECRETS as on the other nodes",
    );
  }
}
