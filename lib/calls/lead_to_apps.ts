// Says in a refusal that comes from a grant's document where the person can change the document: the address of their page of apps. A
// client shows the text of a refusal as it is, so that the person gets from it to the page.
import type { Refusal } from "../kit/errors.ts";

/** The page of apps, as the sign-in server tells it; null where it tells none. Never throws. */
export type AppsPage = () => Promise<string | null>;

/** The refusal with the page, where it comes from a grant's document and the page is known; otherwise the refusal itself. */
export async function leadToApps(refusal: Refusal, appsPage: AppsPage): Promise<Refusal> {
  if (refusal.reason !== "grant-excluded" && refusal.reason !== "grant-unreadable") return refusal;
  const page = await appsPage();
  return page === null ? refusal : { ...refusal, page };
}
