// A remote world behind the app of the sign-in server's process, for what is answered when the database fails.
import { createSignInApp } from "../../sign_in/sign_in_app.ts";
import { createBrowser } from "../_support/browser.ts";
import type { RemoteWorld } from "./_remote_world.ts";
import { SIGN_IN_URL } from "./_remote_world.ts";

/** The doors of the process: requests and browsers. */
export function doorOf(world: RemoteWorld) {
  const app = createSignInApp({
    server: world.server,
    signIn: world.signIn,
    listener: undefined,
    now: () => world.clock.now,
    log: () => {},
  });
  const ask = async (request: Request) => await app.fetch(request, { address: world.address });
  return {
    auth: (path: string, init?: RequestInit) => ask(new Request(new URL(path, SIGN_IN_URL), init)),
    browser: () => createBrowser(SIGN_IN_URL, ask),
  };
}
