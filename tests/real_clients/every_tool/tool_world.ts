/**
 * The whole product in one process, with a person who has records in every table: in her own space, in a family's, where somebody
 * else wrote them, and so many in an archive that no list is short. Clients reach the product by a port.
 */
import { z } from "zod";
import { MODULES } from "../../../tools/modules.ts";
import { PROFILES } from "../../../tools/profiles.ts";
import { defineProfile } from "../../../lib/tool/authoring.ts";
import { type Connected, createConnected } from "../../_support/connected.ts";
import { masterKey, push } from "../../_support/device.ts";
import { TOOLS } from "../../_support/modules.ts";
import { narrowApps, recordsEntry } from "../../_support/narrowed.ts";
import { getCode, redeem, register, RESOURCE, tokensOf } from "../../_support/oauth_flow.ts";
import { join, makeSpace } from "../../_support/team.ts";
import { type Account, bearer, signIn } from "../../_support/test_backend.ts";
import { GRANTS } from "../../grants/_grants.ts";
import { UNASKED } from "../../grants/_tool_calls.ts";
import { GOLDEN_ROWS } from "../../golden/golden_rows.ts";
import {
  ARCHIVED,
  ARCHIVED_CHARS,
  fillEveryTable,
  LONG_CHARS,
  LONG_ROW,
  ROW,
} from "./rows_of_every_table.ts";

/** The spaces of the person, by the names under which calls choose them. */
export const SPACES = { family: "Familie", archive: "Archiv" } as const;
/** The profile that lists every tool of a module, and the general ones: no list that people choose holds them all. */
export const EVERY = "every";
/** What an app may do that is not allowed to write notes, to read the journal or to delete anything but tasks. */
const LITTLE = ["notes:read", "todo:read", "todo:write", "todo:destructive", "journal:write"];

/** The product, and how a client reaches it. */
export interface ToolWorld extends AsyncDisposable {
  /** Asks the gateway, at whatever address. */
  ask(request: Request): Promise<Response>;
  /** The token of an app that may do everything, and of one that may do little. */
  readonly tokens: { readonly mana: string; readonly little: string };
  /** From now on the person shows apps only the titles of her new records, and lets them change nothing. */
  narrow(): void;
  /** From now on the person shows apps everything, and lets them change it. */
  widen(): void;
}

/** Creates the world. */
export async function createToolWorld(): Promise<ToolWorld> {
  const every = defineProfile({
    name: EVERY,
    about: "all of them",
    tools: [...MODULES.map(({ name }) => `${name}.*`), "records.*"],
  });
  const world = await createConnected(
    { DESTRUCTIVE_TOOLS: UNASKED, RATE_LIMIT_READS: "0", RATE_LIMIT_WRITES: "0" },
    MODULES,
    { hasPages: true, profiles: [...PROFILES, every] },
  );
  const anna = await signIn(world, "anna@mana.test");
  const ben = await world.person("ben");
  const vault = "/api/v1/me/encryption-vault/init";
  await (await world.auth(vault, { method: "POST", headers: bearer(anna) })).body?.cancel();
  const key = await masterKey(world, anna);
  const family = await makeSpace(world, anna, SPACES.family, "family");
  await join(world, anna, family, ben);
  const archive = await makeSpace(world, anna, SPACES.archive, "family");
  // Tokens name the spaces of their time.
  await Promise.all([anna.refresh(), ben.refresh()]);
  const own = await personalSpace(world, anna);
  await fillEveryTable(world, { by: anna, space: own, key, ids: [ROW], chars: 0 });
  await fillEveryTable(world, { by: ben, space: family, key: null, ids: [ROW], chars: 0 });
  const ids = Array.from({ length: ARCHIVED }, (_, index) => `row-${index}`);
  await fillEveryTable(world, { by: anna, space: archive, key: null, ids, chars: ARCHIVED_CHARS });
  await fillEveryTable(world, { by: anna, space: archive, key: null, ids: [LONG_ROW], chars: LONG_CHARS });
  await fillGolden(world, anna, own);
  const allow = [...new Set(TOOLS.map(({ module, access }) => `${module}:${access}`))];
  narrowApps(world, () => MUCH);
  return {
    tokens: {
      mana: await connectApp(world, "Everything", allow),
      little: await connectApp(world, "A little", LITTLE),
    },
    ask(request) {
      const { pathname, search } = new URL(request.url);
      return world.gateway.fetch(new Request(new URL(pathname + search, RESOURCE), request));
    },
    widen: () => narrowApps(world, () => MUCH),
    narrow: () =>
      narrowApps(world, () => ({
        ...MUCH,
        authorization_details: [recordsEntry({ rules: READING_TITLES })],
      })),
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
}

/** Titles of new records, to read. */
const READING_TITLES = (GRANTS["a window and titles"] ?? []).map((rule) => ({ ...rule, access: ["read"] }));

/** An app may be handed so many records in an hour: one that calls every tool needs more than a day's. */
const MUCH = { read_budget: 100_000 };

/** Connects an app of Anna's under a name of its own: apps of one name are one app. */
async function connectApp(world: Connected, client_name: string, allow: readonly string[]): Promise<string> {
  const { client_id } = await register(world, { client_name });
  const code = await getCode(world.anna, client_id, { allow });
  return (await tokensOf(await redeem(world, client_id, code))).access;
}

/** Stores the rows that the golden rows need, each once: some tools want records that fit together. */
async function fillGolden(world: Connected, anna: Account, space: string): Promise<void> {
  const rows = new Map(
    GOLDEN_ROWS.flatMap(({ stored = [] }) => stored).map((row) => [`${row.table} ${row.id}`, row]),
  );
  for (const { table: collection, id, data: { userId, ...data } } of rows.values()) {
    const [app = "", table = ""] = collection.split("/");
    const createdAt = "2026-02-27T09:00:00.000Z";
    const place = userId === "self"
      ? { userId: anna.id }
      : { spaceId: space, authorId: anna.id, visibility: "space" };
    const whole = { id, createdAt, updatedAt: createdAt, ...place, ...data };
    await push(world, anna, { app, table }, [{ id, op: "insert", spaceId: space, data: whole }]);
  }
}

async function personalSpace(world: Connected, { cookie }: Account): Promise<string> {
  const list = await world.auth("/api/auth/organization/list", { headers: { cookie } });
  const [personal] = z.array(z.object({ id: z.string() })).parse(await list.json());
  if (personal === undefined) throw new Error("the person has no space");
  return personal.id;
}
