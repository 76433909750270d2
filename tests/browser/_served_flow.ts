// The embedded services of a test on a port of their own, for a real browser.
import type { BackendDeps } from "../../backend/backend.ts";
import { createTestBackend, type TestBackend } from "../_support/test_backend.ts";

/** Serves them; `now` is the real time unless the test says otherwise. */
export async function serveFlow(deps: Partial<BackendDeps>): Promise<ServedFlow> {
  const started = Promise.withResolvers<TestBackend>();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => await (await started.promise).backend.auth.fetch(request),
  );
  const origin = `http://localhost:${server.addr.port}`;
  const flow = await createTestBackend({ issuer: origin, now: Date.now, ...deps });
  started.resolve(flow);
  return {
    origin,
    flow,
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      await flow[Symbol.asyncDispose]();
    },
  };
}

/** Served services. */
export interface ServedFlow extends AsyncDisposable {
  /** Where the browser finds them. */
  readonly origin: string;
  readonly flow: TestBackend;
}
