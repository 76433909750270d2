// An operator's installation in one process, where minutes pass at will.
import { RESOURCE } from "../_support/oauth_flow.ts";
import { createProductionWorld, SIGN_IN_KEY } from "../_support/production_world.ts";
import { SIGN_IN_URL } from "../_support/remote_world.ts";
import { SYNC_URL } from "../_support/test_backend.ts";
import type { Installation } from "./installation.ts";
import { makeVault } from "./visit.ts";

/** The shared space of whoever the stand-in makes. */
export const TEAM = "Choir";

/** Starts it, with somebody who has an account and a vault. `await using` ends it. */
export async function installInProcess(): Promise<Installation & AsyncDisposable> {
  const world = await createProductionWorld({ hasPages: true });
  const { services } = world;
  const anna = await services.people.make("anna");
  await services.people.makeTeam(anna.email, TEAM);
  const pass = (ms: number) => void (world.clock.now += ms);
  const signInLines: string[] = [];
  const keepLines = () => signInLines.push(...world.signIn.log.map((entry) => JSON.stringify(entry)));
  const installation: Installation = {
    mcpUrl: RESOURCE,
    signInUrl: SIGN_IN_URL,
    authUrl: services.issuer,
    signInKey: SIGN_IN_KEY,
    person: anna,
    team: TEAM,
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
      startBareGateway(serviceKey) {
        const gateway = world.startGateway(serviceKey === undefined ? {} : { MANA_SERVICE_KEY: serviceKey });
        return Promise.resolve({
          mcpUrl: RESOURCE,
          send: (request) => gateway.fetch(request),
          [Symbol.asyncDispose]: () => gateway.stop(),
        });
      },
      authServiceKey: services.serviceKey,
      logs() {
        keepLines();
        return [...signInLines, ...world.logLines];
      },
    },
  };
  await makeVault(installation, installation.person);
  return Object.assign(installation, { [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() });
}
