// The whole product behind nginx, as processes: the embedded backend, one gateway or two, and the shipped configuration in front.
import assert from "node:assert/strict";
import type { DenoProcess } from "../../scripts/stack/deno_process.ts";
import { freePort } from "../../scripts/stack/free_port.ts";
import { signIn } from "../../scripts/stack/sign_in.ts";
import { startGateway, startStack } from "../../scripts/stack/start_stack.ts";
import { temporaryFolder } from "../_support/temporary_folder.ts";
import { gatewaySite, nodesSite, type Site, startNginx } from "./_nginx.ts";

/** Starts everything. `await using` ends it. */
export async function createFront(options: FrontOptions = {}): Promise<Front> {
  const folder = await temporaryFolder();
  const port = freePort();
  const base = `http://127.0.0.1:${port}`;
  const ports = [freePort(), ...(options.isTwo ? [freePort()] : [])];
  const env = { BACKEND_PORT: "0", BACKEND_SYNC_PORT: "0", PUBLIC_URL: base, ...options.env };
  const stack = await startStack({ data: folder.path, env: { ...env, PORT: String(ports[0]) } });
  const startNode = async (number: number): Promise<DenoProcess> => {
    const { authUrl, syncUrl, issuer } = stack;
    const gateway = startGateway({
      env: {
        ...env,
        PORT: String(ports[number]),
        MANA_AUTH_URL: authUrl,
        MANA_SYNC_URL: syncUrl,
        JWT_ISSUER: issuer,
      },
    });
    await gateway.event("listening");
    return gateway;
  };
  const nodes = [stack.gateway, ...(options.isTwo ? [await startNode(1)] : [])];
  const hosts = ports.map((number) => `127.0.0.1:${number}`);
  const site = options.isTwo ? await nodesSite(port, hosts) : gatewaySite(port, hosts[0] ?? "");
  const nginx = await startNginx(folder.path, options.change?.(site) ?? site);
  return {
    base,
    port,
    nodes,
    nodePorts: ports,
    signUp: (name) => signUp(stack.authUrl, name),
    async restart(number) {
      const gateway = await startNode(number);
      nodes[number] = gateway;
    },
    async [Symbol.asyncDispose]() {
      await nginx[Symbol.asyncDispose]();
      await Promise.all(nodes.map((node) => node.stop()));
      await stack.stop();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** How the product is set up. */
export interface FrontOptions {
  /** Two gateways instead of one, with the block of nginx-nodes.conf. */
  readonly isTwo?: boolean;
  /** Settings of the gateways on top of their defaults. */
  readonly env?: Readonly<Record<string, string>>;
  /** Changes what is changed in the shipped configuration. */
  readonly change?: (site: Site) => Site;
}

/** The running product. */
export interface Front extends AsyncDisposable {
  /** Address of nginx. */
  readonly base: string;
  /** Port of nginx. */
  readonly port: number;
  readonly nodes: readonly DenoProcess[];
  readonly nodePorts: readonly number[];
  /** Makes an account with a key, and returns its token. */
  signUp(name: string): Promise<string>;
  /** Starts a node that has ended, at its port. */
  restart(number: number): Promise<void>;
}

async function signUp(authUrl: string, name: string): Promise<string> {
  const [email, password] = [`${name}@mana.test`, `the password of ${name}`];
  const post = async (path: string, headers: Record<string, string>, body: unknown) => {
    const answer = await fetch(authUrl + path, { method: "POST", headers, body: JSON.stringify(body) });
    assert.equal(answer.status, 200, await answer.text());
  };
  await post("/api/v1/auth/register", { "content-type": "application/json" }, { email, password });
  const token = await signIn(authUrl, email, password);
  await post("/api/v1/me/encryption-vault/init", { authorization: `Bearer ${token}` }, {});
  return token;
}

/** One number of a gateway's own metrics, all labels together. */
export async function metricOf(port: number, name: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return text.split("\n").filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
}
