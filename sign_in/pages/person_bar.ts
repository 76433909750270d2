// The bar on the pages of a person who is signed in, and the purpose of its sign-out form.
import type { People, SignedIn } from "../people/people.ts";
import type { PersonBar } from "./layout.tsx";
import type { FormTicket } from "./page_forms.ts";

/** The bar for this person's browser. */
export async function personBar(
  { keyStatus }: Pick<People, "keyStatus">,
  { sessionId }: SignedIn,
  ticket: FormTicket,
): Promise<PersonBar> {
  return {
    signOutToken: await ticket.token(signOutPurpose(sessionId)),
    hasKeyPage: keyStatus !== undefined,
  };
}

/** The purpose of the sign-out form of a session. */
export function signOutPurpose(sessionId: string): string {
  return `sign-out\n${sessionId}`;
}
