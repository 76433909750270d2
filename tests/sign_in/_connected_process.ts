// A sign-in server as a process with a data folder, and a person's app that is connected there.
import { z } from "zod";
import { startSignIn } from "../../scripts/stack/start_stack.ts";
import { createBrowser } from "../_support/browser.ts";
import { connect, exchange } from "../_support/oauth_flow.ts";
import { serveRealServices } from "../_support/real_services/serve_real_services.ts";

/** By which the gateway is known there. */
export const KEY = "a-service-key-of-32-characters-or-more";
const Listening = z.object({ url: z.string(), issuer: z.string() });

/** A person's app, connected at a sign-in server in `folder`, and a way to start that server again. */
export async function createConnected(folder: string) {
  const services = await serveRealServices();
  const env = {
    SIGN_IN_PORT: "0",
    SIGN_IN_DATA: folder,
    SIGN_IN_SERVICE_KEY: KEY,
    MANA_AUTH_URL: services.authUrl,
    JWT_ISSUER: services.issuer,
    MANA_MCP_RESOURCE: "http://127.0.0.1:3069/mcp",
  };
  const start = async (changes: Readonly<Record<string, string>> = {}) => {
    const server = startSignIn({ env: { ...env, ...changes } });
    const { url, issuer } = Listening.parse(await server.event("listening"));
    const door = {
      auth: (path: string, init?: RequestInit) => fetch(url + path, { redirect: "manual", ...init }),
    };
    return {
      server,
      door,
      port: new URL(url).port,
      issuer,
      [Symbol.asyncDispose]: async () => void await server.stop(),
    };
  };
  const anna = await services.people.make("anna");
  const first = await start();
  const browser = createBrowser(first.issuer, (request) => fetch(request, { redirect: "manual" }));
  await browser.submit(await browser.open("/sign-in"), "/sign-in", {
    email: anna.email,
    password: anna.password,
  });
  const app = await connect(first.door, browser);
  return {
    services,
    first,
    app,
    browser,
    start: (changes = {}) => start({ SIGN_IN_PORT: first.port, ...changes }),
  };
}

/** Whether the gateway gets the auth service's own token for an app's token. */
export async function isExchanged(door: Parameters<typeof exchange>[0], token: string): Promise<boolean> {
  const answer = await exchange(door, token, {}, { "x-service-key": KEY });
  await answer.body?.cancel();
  return answer.status === 200;
}
