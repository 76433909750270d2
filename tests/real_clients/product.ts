/** The gateway and the backend as processes, with a person whose records are what clients stumble over. */
import assert from "node:assert/strict";
import { z } from "zod";
import { type Stack, startStack } from "../../scripts/stack/start_stack.ts";
import { HABITS, JOURNAL, NOTES, seal, TASKS, type WireTable } from "../_support/device.ts";
import { newNodeSecret, startServedNodes } from "../_support/nodes/served_nodes.ts";
import { temporaryFolder } from "../_support/temporary_folder.ts";
import { joinPlace, makeSharedPlace, ORIGIN, type Person, type Place, signUp } from "../../soak/people.ts";
import { openDoor, type RecordingDoor } from "./recording_door.ts";
import { DONE_TASKS, habitRows, journalRows, NOTE_ROWS, OPEN_TASKS, TEAM_NOTE } from "./rows.ts";

/** A running product and where a client finds it. */
export interface Product extends AsyncDisposable {
  /** The gateway's address for the client; everything that passes is noted. */
  readonly door: RecordingDoor;
  /** Headers for the person's own space, and for a space that is shared with somebody who wrote there. */
  readonly headers: { readonly mana: Record<string, string>; readonly team: Record<string, string> };
  /** Id of the person's own space. */
  readonly ownSpace: string;
  /** The person whose records they are. */
  readonly person: Person;
  /** Addresses of the sign-in pages and of the gateway itself. */
  readonly addresses: { readonly signIn: string; readonly mcp: string };
  /** A folder for what the client writes, as an absolute path; gone at the end. */
  readonly folder: string;
  /** Whether a record is still there. */
  has(where: WireTable, id: string): Promise<boolean>;
}

const Page = z.object({ serverChanges: z.array(z.looseObject({ id: z.string(), op: z.string() })) });

/** Starts it on free ports of loopback, and fills it; with several gateways behind a load balancer where there are to be several. */
export async function startProduct({ nodes = 1 }: { readonly nodes?: number } = {}): Promise<Product> {
  const folder = await temporaryFolder();
  const stack = nodes === 1 ? await startAlone(`${folder.path}/data`) : await startSeveral(nodes);
  const door = openDoor(stack.mcpUrl);
  const stop = async () => {
    await door[Symbol.asyncDispose]();
    await stack.end();
    await folder[Symbol.asyncDispose]();
  };
  try {
    const anna = await signUp(stack.authUrl, "anna");
    const ben = await signUp(stack.authUrl, "ben");
    const team = await makeSharedPlace(stack.authUrl, anna, "@team");
    await joinPlace(stack.authUrl, anna, ben, team);
    // Tokens name the spaces of their time.
    await Promise.all([anna.refresh(), ben.refresh()]);
    const [own] = anna.places;
    assert.ok(own);
    await store(stack.syncUrl, anna, own, HABITS, habitRows());
    await store(
      stack.syncUrl,
      anna,
      own,
      TASKS,
      await sealed(anna, [...DONE_TASKS, ...OPEN_TASKS], ["title", "description"]),
    );
    await store(stack.syncUrl, anna, own, NOTES, await sealed(anna, NOTE_ROWS, ["title", "content"]));
    await store(stack.syncUrl, anna, own, JOURNAL, await sealed(anna, journalRows(), ["title", "content"]));
    await store(stack.syncUrl, ben, team, NOTES, [TEAM_NOTE]);
    const authorization = `Bearer ${anna.token()}`;
    return {
      door,
      ownSpace: own.id,
      person: anna,
      addresses: { signIn: stack.issuer, mcp: stack.mcpUrl },
      folder: await Deno.realPath(folder.path),
      headers: {
        mana: { Authorization: authorization },
        team: { Authorization: authorization, "X-Mana-Space": team.id },
      },
      async has({ app, table }, id) {
        const query = new URLSearchParams({ collection: table, since: "1970-01-01T00:00:00.000Z" });
        const response = await fetch(`${stack.syncUrl}/sync/${app}/pull?${query}`, {
          headers: { authorization, "x-client-id": "onlooker" },
        });
        const { serverChanges } = Page.parse(await response.json());
        const ops = serverChanges.filter((change) => change.id === id).map(({ op }) => op);
        return ops.includes("insert") && !ops.includes("delete");
      },
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

type Started = Pick<Stack, "authUrl" | "issuer" | "syncUrl" | "mcpUrl"> & {
  readonly end: () => Promise<void>;
};

/** Every client calls every tool within seconds. */
const NO_LIMITS = { RATE_LIMIT_READS: "0", RATE_LIMIT_WRITES: "0" };

async function startAlone(data: string): Promise<Started> {
  const stack = await startStack({
    data,
    // People sign up as in the web app.
    env: { ...{ PORT: "0", BACKEND_PORT: "0", BACKEND_SYNC_PORT: "0" }, CORS_ORIGINS: ORIGIN, ...NO_LIMITS },
  });
  const end = async () => assert.deepEqual(await stack.stop(), { gateway: 0, backend: 0 });
  return { ...stack, end };
}

async function startSeveral(count: number): Promise<Started> {
  const served = await startServedNodes({
    count,
    env: { NODE_SECRET: newNodeSecret(), NODES: String(count), ...NO_LIMITS },
  });
  return { ...served, end: async () => await served[Symbol.asyncDispose]() };
}

/** A row of a table, with its id. */
export type Row = Readonly<Record<string, unknown>> & { readonly id: string };

/** Seals fields as the person's apps do. */
function sealed(person: Person, rows: readonly Row[], fields: readonly string[]): Promise<Row[]> {
  return Promise.all(rows.map(async (row) => {
    const entries = Object.entries(row).map(async ([name, value]) =>
      [name, fields.includes(name) ? await seal(person.key, value) : value] as const
    );
    return { ...Object.fromEntries(await Promise.all(entries)), id: row.id };
  }));
}

/** Pushes rows as another device of `person`. */
async function store(
  syncUrl: string,
  person: Person,
  place: Place,
  { app, table }: WireTable,
  rows: readonly Row[],
): Promise<void> {
  const common = { spaceId: place.id, authorId: person.id, visibility: "space" };
  const createdAt = new Date(Date.now() - 60_000).toISOString();
  const response = await fetch(`${syncUrl}/sync/${app}`, {
    method: "POST",
    headers: { authorization: `Bearer ${person.token()}`, "content-type": "application/json" },
    body: JSON.stringify({
      clientId: "phone",
      since: "9999-12-31T23:59:59.999Z",
      changes: rows.map((row) => ({
        table,
        id: row.id,
        op: "insert",
        spaceId: place.id,
        data: { ...common, createdAt, ...row },
      })),
    }),
  });
  assert.equal(response.status, 200, await response.text());
}
