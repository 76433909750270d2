// The stand-in on loopback ports: for browsers, for tests of whole processes, and for a developer (serve.ts).
import { createRealServices, type RealServices, type RealServicesOptions } from "./real_services.ts";

/** Serves the services; `await using` ends them. By default on free ports, in the system's time, as its own issuer. */
export async function serveRealServices(options: ServeOptions = {}): Promise<ServedRealServices> {
  const created = Promise.withResolvers<RealServices>();
  const auth = listen(
    options.authPort,
    async (request, peer) => (await created.promise).auth.fetch(request, peer),
  );
  const sync = listen(options.syncPort, async (request) => (await created.promise).sync.fetch(request));
  const issuer = options.issuer ?? auth.url;
  const services = await createRealServices({ clock: createSystemClock(), ...options, issuer });
  created.resolve(services);
  const endServices = services[Symbol.asyncDispose];
  return Object.assign(services, {
    authUrl: auth.url,
    syncUrl: sync.url,
    async [Symbol.asyncDispose]() {
      services.endStreams();
      await Promise.all([auth.stop(), sync.stop()]);
      await endServices();
    },
  });
}

/** What differs from the standard services, and where they listen. */
export interface ServeOptions extends RealServicesOptions {
  /** A free port by default. */
  readonly authPort?: number;
  /** A free port by default. */
  readonly syncPort?: number;
}

/** Services that listen. */
export interface ServedRealServices extends RealServices {
  /** `http://127.0.0.1:<port>` */
  readonly authUrl: string;
  /** `http://127.0.0.1:<port>` */
  readonly syncUrl: string;
}

function listen(port: number | undefined, answer: (request: Request, peer: string) => Promise<Response>) {
  const server = Deno.serve(
    {
      hostname: "127.0.0.1",
      port: port ?? 0,
      onListen: () => {},
      // A service that is down, as the proxy before it says.
      onError: () => new Response(null, { status: 502 }),
    },
    (request, { remoteAddr }) => answer(request, remoteAddr.hostname),
  );
  return { url: `http://127.0.0.1:${server.addr.port}`, stop: () => server.shutdown() };
}

/** The system's time, until `now` is set: then it goes on from there. */
export function createSystemClock(): { now: number } {
  let ahead = 0;
  return {
    get now() {
      return Date.now() + ahead;
    },
    set now(to) {
      ahead = to - Date.now();
    },
  };
}
