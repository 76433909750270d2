// What a page answers when the source of people cannot answer for the person (PeopleFault): never an error of ours.
import type { Identity } from "../identity/identity.ts";
import { type People, PeopleFault } from "../people/people.ts";
import { unavailablePage } from "./message_page.tsx";
import { redirectAnswer } from "./page_answer.ts";
import { readPerson } from "./read_person.ts";
import { carryPage } from "./waiting_request.ts";

/**
 * Runs the work of a page. Where the person's session at the source is gone, their session here ends too, and they sign in
 * anew; where the source does not answer, they can try again. What waits is kept in both cases, and so is a page of ours.
 */
export async function facePeopleFaults(
  deps: EndSessionDeps,
  request: Request,
  at: PageAddress,
  work: () => Promise<Response>,
): Promise<Response> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof PeopleFault)) throw error;
    if (error.reason === "unavailable") return await unavailablePage(pathWith(at.path, at.carried));
    return redirectAnswer(toSignIn(at), await endSession(deps, request.headers));
  }
}

/** The page that the person is at. */
export interface PageAddress {
  /** A page of ours that can be opened with GET. */
  readonly path:
    | "/sign-in"
    | "/consent"
    | "/apps"
    | "/vault"
    | "/activity"
    | "/activity/seen"
    | "/approvals"
    | `/approvals/${string}`;
  /** What waits for the person, as pages carry it (waiting_request.ts); empty: nothing waits. */
  readonly carried: string;
}

/** The sign-in page for somebody who came for this page, and who is brought back to it where it is one that links lead to. */
export function toSignIn({ path, carried }: PageAddress): string {
  return pathWith("/sign-in", carried || carryPage(path));
}

/** The page with what waits, written anew, so that no character in it can end a header line. */
export function pathWith(path: string, carried: string): string {
  return carried === "" ? path : `${path}?${new URLSearchParams(carried)}`;
}

/** Ends the session of this browser at this server. Returns whole `Set-Cookie` lines that make the browser forget it. */
export async function endSession(deps: EndSessionDeps, headers: Headers): Promise<readonly string[]> {
  const person = await readPerson(deps.identity, headers);
  const { headers: answered } = await deps.identity.api.signOut({ headers, returnHeaders: true });
  try {
    if (person !== undefined) await deps.people.entrance.leave(person.sessionId);
  } catch (error) {
    // The session here is over whatever the source says, and the browser has to be told so.
    if (!(error instanceof PeopleFault)) throw error;
  }
  return answered.getSetCookie();
}

/** What the end of a session needs. */
export interface EndSessionDeps {
  readonly identity: Identity;
  readonly people: People;
}
