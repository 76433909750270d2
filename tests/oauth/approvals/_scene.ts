// Anna, signed in at the pages, and a gateway in the test's hands.
import { z } from "zod";
import type { Browser, Page } from "../../_support/browser.ts";
import { createFlow, type Flow } from "../../_support/flow.ts";
import { decode } from "../../_support/oauth_flow.ts";
import { createPlayedDoor, playApproval, type PlayedDoor } from "../../_support/played_door.ts";

/** Creates the scene. */
export async function createScene(): Promise<Scene> {
  const door = createPlayedDoor();
  const flow = await createFlow({ door });
  const anna = await flow.personWithBrowser("anna");
  return { flow, door, anna, [Symbol.asyncDispose]: () => flow[Symbol.asyncDispose]() };
}

/** Anna and the gateway. */
export interface Scene extends AsyncDisposable {
  readonly flow: Flow;
  readonly door: PlayedDoor;
  readonly anna: Browser;
}

/** The link to the first approval. */
export const LINK = `/approvals/${playApproval(1).id}`;

/** The grant of an app's token. */
export function gidOf(access: string): string {
  return z.string().parse(decode(access).claims["gid"]);
}

/** Where a page is. */
export function pathOf(page: Page): string {
  return new URL(page.url).pathname;
}

/** The text of a page, as a person reads it. */
export function textOf({ html }: Page): string {
  return html.replaceAll(/<[^>]+>/g, " ").replaceAll(/\s+/g, " ").replaceAll("&quot;", '"').replaceAll(
    "&#39;",
    "'",
  );
}
