// An operator's installation in one process, where minutes pass at will.
import { RESOURCE } from "../_support/oauth_flow.ts";
import { createProductionWorld } from "../_support/production_world.ts";
import { SIGN_IN_KEY } from "../_support/production_world.ts";
import { SIGN_IN_URL } from "../_support/remote_world.ts";
import { SYNC_URL } from "../_support/test_backend.ts";
import type { Installation } from "./installation.ts";
import { makeVault } from "./visit.ts";

/** Starts it, with somebody who has an account and a vault. `await using` ends it. */
export async function installInProcess(): Promise<Installation & AsyncDisposable> {
  const world = await createProductionWorld();
  const { services } = world;
  const pass = (ms: number) => void (world.clock.now += ms);
  const signInLines: string[] = [];
  const keepLines = () => signInLines.push(...world.signIn.log.map((entry) => JSON.stringify(entry)));
  const installation: Installation = {
    mcpUrl: RESOURCE,
    signInUrl: SIGN_IN_URL,
    authUrl: services.issuer,
    signInKey: SIGN_IN_KEY,
    person: await services.people.make("anna"),
    clock: world.clock,
    auth: services.ask,
    sync: async (path, init) => await services.sync.fetch(new Request(new URL(path, SYNC_URL), init)),
    toGateway: (request) => world.gateway.fetch(request),
    toSignIn: (request) => world.signIn.ask(request),
    wait: (ms) => Promise.resolve(pass(ms)),
    powers: {
      people: services.people,
      turnClock: pass,
      services,
      restart: {
        signIn() {
          keepLines();
          return world.restartSignIn();
        },
        gateway: world.restartGateway,
      },
      async withoutSignIn(work) {
        world.gatewayToSignIn = () =>
          Promise.reject(new TypeError("error sending request: connection refused"));
        try {
          await work();
        } finally {
          world.gatewayToSignIn = null;
        }
      },
      startBareGateway(isKeyed) {
        const gateway = world.startGateway(isKeyed ? { MANA_SERVICE_KEY: services.serviceKey } : {});
        return Promise.resolve({
          mcpUrl: RESOURCE,
          send: (request) => gateway.fetch(request),
          [Symbol.asyncDispose]: () => gateway.stop(),
        });
      },
      logs() {
        keepLines();
        return [...signInLines, ...world.logLines];
      },
    },
  };
  await makeVault(installation, installation.person);
  return Object.assign(installation, { [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() });
}
