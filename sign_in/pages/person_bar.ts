// The bar on the pages of a person who is signed in, and the purpose of its sign-out form.
import type { AskGateway } from "../gateway/ask_gateway.ts";
import type { People, SignedIn } from "../people/people.ts";
import type { PersonBar } from "./layout.tsx";
import type { FormTicket } from "./page_forms.ts";

/** The bar for this person's browser. */
export async function personBar(
  { people: { keyStatus }, gateway }: PersonBarDeps,
  { sessionId }: SignedIn,
  ticket: FormTicket,
): Promise<PersonBar> {
  return {
    signOutToken: await ticket.token(signOutPurpose(sessionId)),
    hasKeyPage: keyStatus !== undefined,
    hasGatewayPages: gateway !== undefined,
  };
}

/** What decides which pages the bar names. */
export interface PersonBarDeps {
  readonly people: Pick<People, "keyStatus">;
  /** The way to the gateway; `undefined`: this server knows no gateway. */
  readonly gateway: AskGateway | undefined;
}

/** The purpose of the sign-out form of a session. */
export function signOutPurpose(sessionId: string): string {
  return `sign-out\n${sessionId}`;
}
