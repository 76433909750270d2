import { wait } from "../lib/kit/clock.ts";
import { FRESH_MS } from "../lib/kit/limits.ts";
import { createAgent } from "./agent.ts";
import { APP_SCOPES, createAppAgent } from "./app_agent.ts";
import { checkListings } from "./check_listings.ts";
import { connectApp, type ConnectedApp } from "./connected_app.ts";
import { createDevice } from "./device.ts";
import { createDecidingApp, DECIDING_SCOPES, type DecidingApp } from "./deciding/deciding_app.ts";
import type { FaultProxy } from "./fault_proxy.ts";
import { joinPlace, makeSharedPlace, type Person, signUp } from "./people.ts";
import type { Processes } from "./processes.ts";
import { createPlanner, prepareForPlanner } from "./planner.ts";
import { createRandom } from "./random.ts";
import type { SoakOptions, SoakReport } from "./soak_report.ts";
import { createSoakClient, type SoakClient } from "./soak_client.ts";
import type { Confirmer } from "./nodes/confirmer.ts";
import { createNodeCast } from "./nodes/node_cast.ts";
import type { Shared } from "./nodes/shared.ts";
import type { Stage } from "./stage.ts";
import { LISTED_TABLES, type SoakTable, TABLES } from "./tables.ts";
import { readTrueLog } from "./true_log.ts";
import type { Check } from "./verdicts.ts";

/** Everyone who takes part. */
export interface Cast {
  readonly people: readonly Person[];
  /** Whose each client is, by the client's name. */
  readonly owners: ReadonlyMap<string, Person>;
  /** Clients whose person says yes in a form; none where there is one gateway. */
  readonly confirmers: readonly Confirmer[];
  /** Resolves when everyone has left the stage, after its end. */
  readonly played: Promise<unknown>;
  /** Compares all listings of all people with the log as it is now. */
  checkAll(check: Check): Promise<void>;
  /** In calm: what a short run has not come to, so that each check has something to look at. */
  complete(): Promise<void>;
  close(): Promise<void>;
}

/** What {@link createCast} needs. */
export interface CastDeps {
  readonly options: SoakOptions;
  readonly report: SoakReport;
  readonly processes: Processes;
  readonly proxy: FaultProxy;
  readonly stage: Stage;
  readonly shared: Shared;
}

/** Between two things that one client does. */
const THINKING_MS = 120;
/** Between two things that one device does. */
const IDLING_MS = 250;
/** How long agents keep to one table. */
const FOCUS_MS = 1_500;
/** How often somebody gets a fresh token. */
const REFRESH_MS = 2_000;
/** People who decide what an app may do, and take back what it did: the first in their own space, the others in one that they share. */
const DECIDING_PEOPLE = 3;
/** While a store that hangs is still believed, a gateway shows what it pulled for a quarter of a second (`FRESH_MS` in `lib/kit/limits.ts`). */
const SETTLE_MS = 2 * FRESH_MS;
/** People who say yes in the form of a client, where there are several gateways. */
const CONFIRMING_PEOPLE = 3;
/** Clocks of devices, in milliseconds ahead. */
const SKEWS_MS = [0, 90_000, -120_000, 4_000];

/** Signs people up, makes their spaces, and sends clients, devices and an app on the stage. */
export async function createCast(
  { options, report, processes, proxy, stage, shared }: CastDeps,
): Promise<Cast> {
  const { history, verdicts, answers, deeds } = report;
  const settleMs = options.hasStore ? SETTLE_MS : 0;
  const random = createRandom(options.seed);
  const people: Person[] = [];
  for (let index = 0; index < options.people; index++) {
    people.push(await signUp(processes.authUrl, `p${index}`));
  }
  // Pairs share a space, and the first of each pair another with the next pair.
  for (let index = 0; index + 1 < people.length; index += 2) {
    const [owner, member] = [people[index], people[index + 1]];
    if (owner === undefined || member === undefined) continue;
    const place = await makeSharedPlace(processes.authUrl, owner, `@S${index}`);
    await joinPlace(processes.authUrl, owner, member, place);
    const third = people[index + 2];
    if (third !== undefined && index % 4 === 0) await joinPlace(processes.authUrl, owner, third, place);
  }

  const owners = new Map<string, Person>();
  const clients: SoakClient[] = [];
  const http = Deno.createHttpClient({ poolMaxIdlePerHost: 0 });
  const newClient = (
    name: string,
    person: Person,
    era: "modern" | "legacy",
    token: () => string = person.token,
  ): SoakClient => {
    const { mcpUrl: url, gatewayLife } = processes;
    const client = createSoakClient({ url, name, era, token, http, gatewayLife });
    owners.set(name, person);
    clients.push(client);
    return client;
  };
  const playing: Promise<void>[] = [];
  const play = (name: string, thinkingMs: number, step: () => Promise<void>) => {
    const pauses = random.fork(`pauses of ${name}`);
    playing.push(stage.play(async () => {
      try {
        await step();
      } catch (error) {
        const what = error instanceof Error ? `${error.name}: ${error.message}` : typeof error;
        verdicts.fail("no answer is internal, malformed or a surprise", `${name}: ${what.slice(0, 200)}`);
      }
      await wait(pauses.whole(0, thinkingMs));
    }));
  };
  for (let index = 0; index < options.clients; index++) {
    const person = people[index % people.length];
    if (person === undefined) continue;
    const name = `client-${index}`;
    const client = newClient(name, person, index % 2 === 0 ? "modern" : "legacy");
    const agent = createAgent({
      client,
      person,
      places: () => person.places,
      tables: tablesNow,
      namesSpaces: false,
      random: random.fork(name),
      history,
      verdicts,
      answers,
      settleMs,
    });
    play(name, THINKING_MS, agent.step);
  }
  for (const [index, person] of people.entries()) {
    const name = `planner-${index}`;
    await prepareForPlanner(processes.syncUrl, person, name, history);
    const client = newClient(name, person, index % 2 === 0 ? "legacy" : "modern");
    const { gatewayLife } = processes;
    const planner = createPlanner({
      client,
      person,
      random: random.fork(name),
      history,
      verdicts,
      answers,
      deeds,
      gatewayLife,
      canComplete: options.nodes === 1,
      settleMs,
    });
    play(name, THINKING_MS, planner.step);
  }
  for (let index = 0; index < options.devices; index++) {
    // Two devices for each of the first people, who also share spaces: their changes have to meet.
    const person = people[Math.floor(index / 2)];
    if (person === undefined) continue;
    const name = `device-${index}`;
    const skewMs = SKEWS_MS[index % SKEWS_MS.length] ?? 0;
    const device = createDevice({
      name,
      person,
      skewMs,
      syncUrl: proxy.url,
      random: random.fork(name),
      history,
      deeds,
    });
    play(name, IDLING_MS, device.step);
  }
  const [, appOwner] = people;
  const granted = appOwner?.places[1];
  let app: ConnectedApp | undefined;
  if (appOwner !== undefined && granted !== undefined) {
    const name = "app-0";
    app = await connectApp(processes.issuer, processes.mcpUrl, appOwner, {
      name,
      scopes: APP_SCOPES,
      place: granted,
    });
    const client = newClient(name, appOwner, "modern", app.token);
    const agent = createAppAgent(
      { client, person: appOwner, random: random.fork(name), history, verdicts, answers, settleMs },
      granted,
    );
    play(name, THINKING_MS, agent.step);
  }
  const decidingApps: { readonly connected: ConnectedApp; readonly app: DecidingApp }[] = [];
  for (const [index, person] of people.slice(0, DECIDING_PEOPLE).entries()) {
    const place = person.places[Math.min(index, 1)];
    if (place === undefined) continue;
    const name = `deciding-${index}`;
    const { issuer, syncUrl, mcpUrl } = processes;
    const connected = await connectApp(issuer, mcpUrl, person, { name, scopes: DECIDING_SCOPES, place });
    const client = newClient(name, person, index % 2 === 0 ? "modern" : "legacy", connected.token);
    const told = { history, verdicts, answers, deeds, random: random.fork(name), settleMs };
    const app = createDecidingApp({ client, person, place, issuer, syncUrl, ...told });
    decidingApps.push({ connected, app });
    play(name, THINKING_MS, app.step);
  }
  const nodes = await createNodeCast({
    people: people.slice(0, options.nodes === 1 ? 0 : CONFIRMING_PEOPLE),
    ...{ processes, shared, report, random, http, play },
  });
  const refreshed = [
    ...people,
    ...app === undefined ? [] : [app],
    ...decidingApps.map(({ connected }) => connected),
  ];
  let turn = 0;
  play("sign-in", 0, async () => {
    await wait(REFRESH_MS);
    if (await refreshed[turn++ % refreshed.length]?.refresh()) deeds.add("token refreshed");
  });

  const checkers = people.map((person) => newClient(`checker of ${person.name}`, person, "modern"));
  const checkAll = async (check: Check) => {
    await Promise.all(people.map(async (person, index) => {
      const client = checkers[index];
      if (client === undefined) return;
      const logOf = readTrueLog.bind(null, processes.syncUrl);
      await checkListings({ check, person, client, logOf, verdicts });
    }));
  };

  return {
    people,
    owners,
    confirmers: nodes.confirmers,
    played: Promise.all(playing),
    checkAll,
    async complete() {
      await decidingApps[0]?.app.complete();
      await nodes.complete();
    },
    async close() {
      await Promise.all(clients.map((client) => client.close()));
      await nodes.close();
      http.close();
    },
  };
}

/** What agents work on: any table, but most of them the same one for a while, so that they meet. */
function tablesNow(): readonly SoakTable[] {
  const focus = LISTED_TABLES[Math.floor(performance.now() / FOCUS_MS) % LISTED_TABLES.length];
  return focus === undefined ? TABLES : [...TABLES, focus, focus, focus, focus, focus];
}
