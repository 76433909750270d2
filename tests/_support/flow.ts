// The server that the tests of OAuth and the pages are about: the embedded backend; in their second run
// (tests/sign_in/run.ts) a sign-in server in front of an auth service elsewhere.
import { print } from "../../scripts/print.ts";
import type { BackendDeps } from "../../backend/backend.ts";
import { ISSUER, RESOURCE } from "./oauth_flow.ts";
import { createRealServices } from "./real_services/real_services.ts";
import { createRemoteWorld, submitPassword } from "./remote_world.ts";
import { createTestBackend, signIn, type TestBackend } from "./test_backend.ts";

/** Creates the server, at an address where OAuth is allowed. */
export async function createFlow(deps: Partial<BackendDeps> = {}): Promise<Flow> {
  const there = { issuer: ISSUER, ...deps };
  return isBeforeRemotePeople() ? await createRemoteFlow(there) : await createTestBackend(there);
}

/** What tests of OAuth and the pages ask of a server, whoever its people are. */
export type Flow = Pick<
  TestBackend,
  "auth" | "browser" | "clock" | "backendLog" | "person" | "personWithBrowser" | typeof Symbol.asyncDispose
>;

/** Whether the people of this run are those of an auth service elsewhere. */
function isBeforeRemotePeople(): boolean {
  const variable = "TEST_PEOPLE";
  const { state } = Deno.permissions.querySync({ name: "env", variable });
  return state === "granted" && Deno.env.get(variable) === "remote";
}

/** For `ignore` of a test that only the embedded backend can pass; prints the reason in the other run. */
export function onlyEmbedded(reason: string): boolean {
  const isIgnored = isBeforeRemotePeople();
  if (isIgnored) print(`Left out before an auth service elsewhere: ${reason}`);
  return isIgnored;
}

/** Starts the stand-in and a sign-in server in front of it, at the address that the embedded backend has. */
async function createRemoteFlow(deps: Partial<BackendDeps>): Promise<Flow> {
  // The limiter is no subject of these tests, whose people sign in while time stands still.
  const services = await createRealServices({ limiter: false });
  const { data, now: _now, signInDatabase: _database, secrets: _secrets, ...server } = deps;
  const world = await createRemoteWorld({
    services,
    address: PROXY,
    ...(data === undefined ? {} : { data }),
    server: { gatewayAddresses: [RESOURCE, OTHER_SPELLING], ...server },
  })
    .catch(async (error) => {
      await services[Symbol.asyncDispose]();
      throw error;
    });
  let people = 0;
  const flow: Flow = {
    clock: world.clock,
    get backendLog() {
      return [...world.log];
    },
    auth: async (path, init) =>
      OF_AUTH_SERVICE.test(path) ? await services.ask(path, init) : await world.auth(path, init),
    browser: world.browser,
    person: async (name) => await signIn(flow, (await services.people.make(name)).email),
    async personWithBrowser(name) {
      const person = await services.people.make(name);
      world.address = `192.0.2.${++people}`; // at home: an address may only try a few times
      const browser = world.browser();
      await submitPassword(browser, await browser.open("/sign-in"), person);
      world.address = PROXY;
      return browser;
    },
    async [Symbol.asyncDispose]() {
      await world[Symbol.asyncDispose]();
      await services[Symbol.asyncDispose]();
    },
  };
  return flow;
}

/** The gateway's address as some clients write it; the embedded backend takes both by default. */
const OTHER_SPELLING = RESOURCE.replace("127.0.0.1", "localhost");

/** Where requests come from: a proxy on the server's computer, which may say in a header for whom it asks. */
const PROXY = "127.0.0.1";

/** What the auth service is asked itself, where the embedded backend serves both. */
const OF_AUTH_SERVICE = /^\/api\/(auth\/(organization|sign-in)|v1\/(auth|me))\//;
