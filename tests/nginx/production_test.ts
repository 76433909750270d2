// docs/production.md as an operator follows it: its two files of settings, both processes, nginx before both, an operator's own
// services. Only names, ports and folders are others.
import assert from "node:assert/strict";
import { z } from "zod";
import { connectModern } from "../../scripts/demo/demo_client.ts";
import { startDeno } from "../../scripts/stack/deno_process.ts";
import { signIn } from "../../scripts/stack/sign_in.ts";
import { freePort } from "../../scripts/stack/free_port.ts";
import { startGateway, startSignIn } from "../../scripts/stack/start_stack.ts";
import { createBrowser } from "../_support/browser.ts";
import { connect } from "../_support/oauth_flow.ts";
import { serveRealServices } from "../_support/real_services/serve_real_services.ts";
import { temporaryFolder } from "../_support/temporary_folder.ts";
import { readEnvironments } from "../docs/_production.ts";
import { makeCertificate } from "./_certificate.ts";
import { gatewaySite, isInstalled, signInSite, startNginx } from "./_nginx.ts";

const Url = z.object({ url: z.string() });
const Spaces = z.object({ spaces: z.array(z.object({ name: z.string() })) });
const Tasks = z.object({ tasks: z.array(z.object({ title: z.string() })) });

Deno.test({
  name:
    "production.md: with its settings an app finds the sign-in server, a person lets it in, and the doctor is content",
  ignore: !await isInstalled(),
  fn: async () => {
    await using data = await temporaryFolder();
    await using signInFolder = await temporaryFolder();
    await using gatewayFolder = await temporaryFolder();
    await using services = await serveRealServices();
    const [port, signInPort] = [freePort(), freePort()];
    const publicUrl = `http://127.0.0.1:${port}`;
    const issuer = `https://127.0.0.1:${signInPort}`;
    const written = await readEnvironments(crypto.getRandomValues(new Uint8Array(48)).toBase64());
    const change = (env: Readonly<Record<string, string>>, here: Readonly<Record<string, string>>) => {
      for (const name of Object.keys(here)) assert.ok(name in env, `production.md lacks ${name}`);
      return { ...env, ...here };
    };
    const server = startSignIn({
      env: {
        ...change(written.signIn, {
          SIGN_IN_ISSUER: issuer,
          SIGN_IN_DATA: data.path,
          MANA_AUTH_URL: services.authUrl,
          MANA_MCP_RESOURCE: `${publicUrl}/mcp`,
        }),
        SIGN_IN_PORT: "0",
      },
    });
    const signInUrl = Url.parse(await server.event("listening")).url;
    const gatewayEnv = {
      ...change(written.gateway, {
        PUBLIC_URL: publicUrl,
        MANA_AUTH_URL: services.authUrl,
        MANA_SYNC_URL: services.syncUrl,
        MANA_SIGN_IN_URL: signInUrl,
        SIGN_IN_ISSUER: issuer,
      }),
      PORT: "0",
    };
    const gateway = startGateway({ env: gatewayEnv });
    const upstream = new URL(Url.parse(await gateway.event("listening")).url).host;
    const certificate = await makeCertificate();
    const host = { port: signInPort, plainPort: freePort(), upstream: new URL(signInUrl).host, certificate };
    const client = Deno.createHttpClient({ caCerts: [certificate.certificate] });
    try {
      await using _gatewayProxy = await startNginx(gatewayFolder.path, gatewaySite(port, upstream));
      await using _signInProxy = await startNginx(signInFolder.path, signInSite(host));

      const person = await services.people.make("anna");
      await openMana(services.authUrl, person);
      const token = await letIn({ publicUrl, issuer, client, person });
      const assistant = await connectModern({ url: `${publicUrl}/mcp`, token });
      try {
        assert.deepEqual(Spaces.parse(await assistant.call("spaces_list", {})).spaces.length, 1);
        await assistant.call("todo_create", { title: "Buy tea" });
        const { tasks } = Tasks.parse(await assistant.call("todo_list", {}));
        assert.deepEqual(tasks.map(({ title }) => title), ["Buy tea"]);
      } finally {
        await assistant.close();
      }

      const doctor = startDeno({ name: "doctor", subcommand: "task", args: ["doctor"], env: gatewayEnv });
      assert.equal(await doctor.exited, 0, doctor.lines().join("\n"));
      assert.ok(doctor.lines().includes(`✓ assistants can sign in at ${issuer}`), doctor.lines().join("\n"));
      assert.ok(doctor.lines().includes("✓ sign-in server takes the service key"));
    } finally {
      client.close();
      await gateway.stop();
      await server.stop();
    }
  },
});

/** What the Mana app does when somebody opens it for the first time: it makes their key. */
async function openMana(authUrl: string, { email, password }: { email: string; password: string }) {
  const headers = { authorization: `Bearer ${await signIn(authUrl, email, password)}` };
  const made = await fetch(`${authUrl}/api/v1/me/encryption-vault/init`, { method: "POST", headers });
  await made.body?.cancel();
  assert.equal(made.status, 200);
}

/** Goes an app's way from the gateway's refusal to a token, with a browser; both through nginx. */
async function letIn({ publicUrl, issuer, client, person }: {
  readonly publicUrl: string;
  readonly issuer: string;
  readonly client: Deno.HttpClient;
  readonly person: { readonly email: string; readonly password: string };
}): Promise<string> {
  const refused = await fetch(`${publicUrl}/mcp`, { method: "POST", body: "{}" });
  await refused.body?.cancel();
  const [, address = ""] =
    /resource_metadata="([^"]+)"/.exec(refused.headers.get("www-authenticate") ?? "") ?? [];
  const metadata = await (await fetch(address)).json();
  assert.deepEqual(metadata.authorization_servers, [issuer]);

  const ask = (request: Request) => fetch(request, { redirect: "manual", client });
  const browser = createBrowser(issuer, ask);
  const { email, password } = person;
  const entered = await browser.submit(await browser.open("/sign-in"), "/sign-in", { email, password });
  assert.equal(new URL(entered.url).pathname, "/apps", entered.html);
  const door = { auth: (path: string, init?: RequestInit) => ask(new Request(issuer + path, init)) };
  return (await connect(door, browser, {}, { resource: `${publicUrl}/mcp` })).access;
}
