// The parts of the sign-in server that a source of people is made on. sign_in_server.ts makes them.
import type { JWTVerifyGetKey } from "@panva/jose";
import type { Identity } from "../identity/identity.ts";
import type { EndGrant } from "./people.ts";

/** The parts. */
export interface PeopleParts {
  readonly identity: Identity;
  /** Lets a request reach the guarded endpoints of better-auth. */
  readonly admission: string;
  /** The public keys of this server. */
  readonly keys: JWTVerifyGetKey;
  /** Ends a grant whose person's session has ended. Waits for the authorization server, so not to be awaited at the start. */
  readonly endGrant: EndGrant;
}
