// How many requests wait for the person, for the page of apps. Never keeps that page waiting: whoever wants to disconnect an app
// must be able to, whatever the gateway does.
import type { AskGateway } from "../../gateway/ask_gateway.ts";
import { WAITING_COUNT_MS } from "../../kit/limits.ts";
import { PeopleFault, type SignedIn } from "../../people/people.ts";
import { hasButton } from "./approval.ts";
import { listApprovals } from "./ask_approvals.ts";

/** Counts them; `undefined` where there is no gateway, or none that answers in time. */
export async function countWaiting(
  { gateway }: { readonly gateway: AskGateway | undefined },
  person: SignedIn,
): Promise<number | undefined> {
  if (gateway === undefined) return undefined;
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => late.resolve(undefined), WAITING_COUNT_MS);
  try {
    return await Promise.race([count(gateway, person), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

async function count(gateway: AskGateway, person: SignedIn): Promise<number | undefined> {
  try {
    const asked = await listApprovals(gateway, person);
    return asked.isOk ? asked.value.filter(hasButton).length : undefined;
  } catch (error) {
    // The person's session ended at the source: the page of apps finds out by itself.
    if (error instanceof PeopleFault) return undefined;
    throw error;
  }
}
