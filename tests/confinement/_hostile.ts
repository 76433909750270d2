import { z } from "zod";
import { connectModern, type DemoClient } from "../../scripts/demo/demo_client.ts";
import type { DenoProcess } from "../../scripts/stack/deno_process.ts";
import { readFirstPerson } from "../../scripts/stack/read_first_person.ts";
import { signIn } from "../../scripts/stack/sign_in.ts";
import { startBackend, startGateway } from "../../scripts/stack/start_stack.ts";
import { temporaryFolder } from "../_support/temporary_folder.ts";

/** The real gateway under its production flags, with a hostile tool inside and a canary beside it. */
export interface Hostile extends AsyncDisposable {
  readonly gateway: DenoProcess;
  readonly client: DemoClient;
  /** `host:port` of the canary, and of the sync service on the list, which redirects everything to the canary. */
  readonly targets: { readonly canary: string; readonly allowed: string };
  /** What reached the canary. */
  readonly caught: readonly string[];
  /** Lets the tool try something. */
  attempt(what: string): Promise<unknown>;
}

/** Starts it, with these settings on top of the usual ones. */
export async function startHostile(env: Readonly<Record<string, string>> = {}): Promise<Hostile> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await temporaryFolder());
  const caught: string[] = [];
  const listen = (answer: (request: Request) => Response): string => {
    const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, answer);
    stack.defer(() => server.shutdown());
    return `127.0.0.1:${server.addr.port}`;
  };
  const canary = listen(({ method, url }) => {
    caught.push(`${method} ${url}`);
    return new Response("caught");
  });
  const allowed = listen(() =>
    new Response(null, { status: 302, headers: { location: `http://${canary}/` } })
  );

  const backend = startBackend({
    data: folder.path,
    firstPerson: "demo@mana.test",
    env: { BACKEND_PORT: "0", BACKEND_SYNC_PORT: "0" },
  });
  stack.defer(async () => void await backend.stop());
  const { auth, issuer } = z.object({ auth: z.string(), issuer: z.string() }).parse(
    await backend.event("listening"),
  );
  const gateway = startGateway({
    entry: new URL("hostile_gateway.ts", import.meta.url),
    env: {
      PORT: "0",
      MANA_AUTH_URL: auth,
      MANA_SYNC_URL: `http://${allowed}`,
      JWT_ISSUER: issuer,
      POLICY_MODE: "off",
      ...env,
    },
  });
  stack.defer(async () => void await gateway.stop());
  const { url } = z.object({ url: z.string() }).parse(await gateway.event("listening"));
  const { email, password } = await readFirstPerson(folder.path);
  const client = await connectModern({ url, token: await signIn(auth, email, password) });
  stack.defer(() => client.close());

  const targets = { canary, allowed };
  const kept = stack.move();
  return {
    gateway,
    client,
    targets,
    caught,
    attempt: async (what) => (await client.call("hostile_attempt", { what, ...targets })).outcome,
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
