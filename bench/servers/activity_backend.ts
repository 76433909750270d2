// The embedded backend in memory with people whose apps have changed a lot, for the time line. Its pages ask the gateway at
// GATEWAY_PORT, which is started afterwards. Listens on 127.0.0.1, prints one JSON line, and shows anybody the pages of its people at
// `/bench/activity` and gives their tokens away at `/bench/tokens`: never run it where anyone else can reach it.
import { z } from "zod";
import { createBackend } from "../../backend/backend.ts";
import { createAuthorship } from "../../lib/authorship/authorship.ts";
import { createClock } from "../../lib/kit/clock.ts";
import { hide } from "../../lib/kit/secret.ts";
import { createMasterKeys } from "../../lib/sealing/master_key.ts";
import { print } from "../../scripts/print.ts";
import { GATEWAY_ACTIONS } from "../../sign_in/gateway/actions.ts";
import { onlySecret } from "../../sign_in/secrets/secrets.ts";
import { AUDIENCE } from "../upstream/tokens.ts";
import { createSeal } from "../upstream/seal.ts";
import { APP_KEY, type Author, changesOf, WRITTEN } from "./activity_changes.ts";

const DAY_MS = 24 * 60 * 60_000;
const PUSH = 500;
const Anything = z.unknown();
const Login = z.object({ accessToken: z.string(), user: z.object({ id: z.string() }) });
const VaultKey = z.object({ masterKey: z.string() });
const number = (name: string) => Number(Deno.env.get(name));
const [port, gatewayPort, people, changes] = ["PORT", "GATEWAY_PORT", "PEOPLE", "CHANGES"].map(number);
const origin = `http://127.0.0.1:${port}`;
const gateway = `http://127.0.0.1:${gatewayPort}`;
const password = crypto.randomUUID();
const now = Date.now;

const backend = await createBackend({
  data: ":memory:",
  issuer: origin,
  audience: AUDIENCE,
  serviceKey: undefined,
  origins: [],
  gatewayAddresses: [`${gateway}/mcp`],
  gatewayUrl: gateway,
  fetch,
  secrets: onlySecret(crypto.randomUUID()),
  kek: crypto.getRandomValues(new Uint8Array(32)),
  now,
  randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
  randomUUID: () => crypto.randomUUID(),
  every: () => () => {},
  log: () => {},
});
const ids: string[] = [];
for (let person = 0; person < (people ?? 0); person++) ids.push(await seedPerson(person));
Deno.serve({ hostname: "127.0.0.1", port: port ?? 0, onListen() {} }, answer);
print(JSON.stringify({ event: "listening", url: origin }));

async function answer(request: Request): Promise<Response> {
  const url = new URL(request.url);
  if (url.pathname.startsWith("/sync/")) return await backend.sync.fetch(request);
  if (url.pathname === "/bench/tokens") {
    return Response.json(await Promise.all(ids.map((_, i) => tokenOf(i))));
  }
  if (url.pathname !== "/bench/activity") return await backend.auth.fetch(request);
  const userId = ids[Number(url.searchParams.get("person"))] ?? "";
  const until = now() + DAY_MS;
  return Response.json(
    await backend.pages?.show({ userId, sessionId: "" }, GATEWAY_ACTIONS.activity, {
      apps: [APP_KEY],
      modules: null,
      since: new Date(until - 8 * DAY_MS).toISOString(),
      until: new Date(until).toISOString(),
    }),
  );
}

async function tokenOf(person: number): Promise<string> {
  return (await logIn(person)).accessToken;
}

function logIn(person: number) {
  return ask(Login, "/api/v1/auth/login", { email: emailOf(person), password });
}

function emailOf(person: number): string {
  return `person${person}@bench.test`;
}

/** A person with a vault and with changes in {@link WRITTEN}; returns their id. */
async function seedPerson(person: number): Promise<string> {
  const name = `Person ${person}`;
  await ask(Anything, "/api/v1/auth/register", { email: emailOf(person), password, name });
  const { accessToken, user } = await logIn(person);
  const vault = "/api/v1/me/encryption-vault";
  await ask(Anything, `${vault}/init`, {}, accessToken);
  const { masterKey } = await ask(VaultKey, `${vault}/key`, null, accessToken);
  const author = await authorOf(user.id, accessToken, masterKey);
  for (const table of WRITTEN) {
    const all = changesOf(table, author, (changes ?? 0) / WRITTEN.length);
    let portion: object[] = [];
    const flush = async () => {
      const body = {
        clientId: "bench",
        since: "2999-01-01T00:00:00.000Z",
        schemaVersion: 1,
        changes: portion,
      };
      await ask(Anything, `/sync/${table.app}`, body, accessToken);
      portion = [];
    };
    for await (const change of all) if (portion.push(change) === PUSH) await flush();
    await flush();
  }
  return user.id;
}

async function authorOf(subject: string, token: string, masterKey: string): Promise<Author> {
  const masterKeys = createMasterKeys();
  const key = await masterKeys.import(hide(masterKey));
  if (key === null) throw new Error("The vault gave no key");
  const give = () => Promise.resolve(key);
  const { sign } = createAuthorship({
    keyring: { held: () => key, key: give, sealingKey: give },
    masterKeys,
    clock: createClock({ calendar: now, elapsed: () => performance.now() }),
  });
  return { subject, token: hide(token), seal: await createSeal(Uint8Array.fromBase64(masterKey)), sign };
}

async function ask<Answer>(
  answer: z.ZodType<Answer>,
  path: string,
  body: object | null,
  token?: string,
): Promise<Answer> {
  const request = new Request(origin + path, {
    ...(body === null ? {} : { method: "POST", body: JSON.stringify(body) }),
    headers: {
      "content-type": "application/json",
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
  });
  const service = path.startsWith("/sync/") ? backend.sync : backend.auth;
  const response = await service.fetch(request);
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return answer.parse(await response.json());
}
