// An operator's installation as processes on ports of this computer: the sign-in server and the gateway, each under exactly its
// own rights, in front of the stand-in or of real services. Time is the system's.
import { z } from "zod";
import type { DenoProcess } from "../../scripts/stack/deno_process.ts";
import { freePort } from "../../scripts/stack/free_port.ts";
import { startGateway, startSignIn } from "../../scripts/stack/start_stack.ts";
import { createSystemClock, serveRealServices } from "../_support/real_services/serve_real_services.ts";
import { temporaryFolder } from "../_support/temporary_folder.ts";
import { TEAM } from "./in_process.ts";
import type { BareGateway, Credentials, Installation, Powers } from "./installation.ts";
import { makeVault } from "./visit.ts";

/** Starts the stand-in and both processes. `await using` ends them. */
export async function installBeforeStandIn(): Promise<Installation & AsyncDisposable> {
  await using started = new AsyncDisposableStack();
  const services = started.use(await serveRealServices());
  const { authUrl, syncUrl, issuer, serviceKey, people } = services;
  const person = await people.make("anna");
  await people.makeTeam(person.email, TEAM);
  const existing = { authUrl, syncUrl, issuer, person };
  const installation = started.use(
    await install(existing, { people, services, authServiceKey: serviceKey }, TEAM),
  );
  await makeVault(installation, person);
  const running = started.move();
  return Object.assign(installation, { [Symbol.asyncDispose]: () => running.disposeAsync() });
}

/** Starts both processes in front of real services. `await using` ends them; what was written at the services stays. */
export async function installBefore(real: RealInstallation): Promise<Installation & AsyncDisposable> {
  const { existing, authServiceKey, team } = real;
  return await install(existing, authServiceKey === undefined ? {} : { authServiceKey }, team);
}

/** What an operator says of their services. */
export interface RealInstallation {
  readonly existing: ExistingServices;
  readonly authServiceKey: string | undefined;
  /** The name of a shared space of the person. */
  readonly team: string | undefined;
}

/** An operator's services, and somebody with an account and a vault there. */
export interface ExistingServices {
  readonly authUrl: string;
  readonly syncUrl: string;
  /** The `iss` of the auth service's tokens. */
  readonly issuer: string;
  readonly person: Credentials;
}

async function install(existing: ExistingServices, powers: Partial<Powers>, team?: string) {
  await using started = new AsyncDisposableStack();
  const folder = started.use(await temporaryFolder());
  const { authUrl, syncUrl, issuer } = existing;
  const services = { MANA_AUTH_URL: authUrl, MANA_SYNC_URL: syncUrl, JWT_ISSUER: issuer };
  const signInKey = crypto.randomUUID();
  const port = freePort();
  const mcpUrl = `http://127.0.0.1:${port}/mcp`;
  const signInUrl = `http://localhost:${freePort()}`;
  const all: DenoProcess[] = [];
  const listening = async (process: DenoProcess) => {
    all.push(process);
    const { url } = z.object({ url: z.string() }).parse(await process.event("listening"));
    return { process, url };
  };
  const signInEnv = {
    ...services,
    SIGN_IN_PORT: new URL(signInUrl).port,
    SIGN_IN_DATA: folder.path,
    SIGN_IN_SERVICE_KEY: signInKey,
    MANA_MCP_RESOURCE: mcpUrl,
    MANA_GATEWAY_URL: `http://127.0.0.1:${port}`,
  };
  const gatewayEnv = {
    ...services,
    PORT: String(port),
    MANA_SIGN_IN_URL: signInUrl,
    SIGN_IN_SERVICE_KEY: signInKey,
    LOG_LEVEL: "debug",
  };
  started.defer(async () => void await Promise.all(all.map((process) => process.stop())));
  const signIn = createRestarted(() => listening(startSignIn({ env: signInEnv })));
  const gateway = createRestarted(() => listening(startGateway({ env: gatewayEnv })));
  await Promise.all([signIn.start(), gateway.start()]);
  const installation: Installation = {
    mcpUrl,
    signInUrl,
    authUrl,
    signInKey,
    person: existing.person,
    ...(team === undefined ? {} : { team }),
    clock: createSystemClock(),
    auth: (path, init) => send(new Request(new URL(path, authUrl), init)),
    sync: (path, init) => send(new Request(new URL(path, syncUrl), init)),
    toGateway: send,
    toSignIn: send,
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    powers: {
      ...powers,
      restart: { signIn: signIn.restart, gateway: gateway.restart },
      async withoutSignIn(work) {
        await signIn.stop();
        await work().finally(signIn.start);
      },
      async startBareGateway(serviceKey): Promise<BareGateway> {
        const key = serviceKey === undefined ? {} : { MANA_SERVICE_KEY: serviceKey };
        const { process, url } = await listening(startGateway({ env: { ...services, ...key, PORT: "0" } }));
        return { mcpUrl: url, send, [Symbol.asyncDispose]: async () => void await process.stop() };
      },
      logs: () => all.flatMap((process) => process.lines()),
    },
  };
  const running = started.move();
  return Object.assign(installation, { [Symbol.asyncDispose]: () => running.disposeAsync() });
}

/** A process that can be ended and started again at the same place. */
function createRestarted(startProcess: () => Promise<{ readonly process: DenoProcess }>) {
  let current: DenoProcess | undefined;
  const start = async () => {
    current = (await startProcess()).process;
  };
  const stop = async () => void await current?.stop();
  const restart = async () => {
    await stop();
    await start();
  };
  return { start, stop, restart };
}

async function send(request: Request): Promise<Response> {
  return await fetch(request, { redirect: "manual" });
}
