// What the pages of the entrance need, and how they send on a person who got in.
import { withCookies } from "../../http/with_cookies.ts";
import type { Entered } from "../../people/entrance.ts";
import { goOn } from "../go_on.ts";
import { redirectAnswer } from "../page_answer.ts";
import type { PageForms } from "../page_forms.ts";
import type { EndSessionDeps } from "../people_faults.ts";
import { pageIn, type WaitingRequestDeps } from "../waiting_request.ts";

/** Sends a person who got in on to what waits for them: the app's request, or a page of ours; else to their apps. */
export async function enter(
  deps: Pick<EntranceDeps, "issuer">,
  { cookies, url }: Entered,
  carried: string,
): Promise<Response> {
  if (url === undefined) return redirectAnswer(pageIn(carried) ?? "/apps", cookies);
  return withCookies(await goOn(deps.issuer, url), cookies);
}

/** What the entrance needs. */
export interface EntranceDeps extends EndSessionDeps, WaitingRequestDeps {
  readonly forms: PageForms;
  /** Public base URL of this server. */
  readonly issuer: string;
}
