// What fails on the way: each is told in words, nothing is shown as empty, and nothing is lost.
import assert from "node:assert/strict";
import type { RealServices } from "../../_support/real_services/real_services.ts";
import type { ServiceFault } from "../../_support/real_services/service_faults.ts";
import { MARKER } from "../../_support/faults.ts";
import { authorizeUrl, register } from "../../_support/oauth_flow.ts";
import { submitPassword } from "../../_support/remote_world.ts";
import type { Step } from "../step.ts";
import { titlesIn, type Visit } from "../visit.ts";

const FAULTS: readonly ServiceFault[] = [
  "down",
  "slow",
  "redirecting",
  "html",
  "broken JSON",
  "JSON of another shape",
  "10 MB",
  "500",
  "429",
];

/** The steps. They leave the person with a connected app. */
export function failingSteps(): readonly Step[] {
  return [
    ...FAULTS.map((fault): Step => ({
      says:
        `The auth service fails (${fault}) while the app works: words, no empty list, and it works on afterwards`,
      run: (visit) => fails(visit, fault),
    })),
    ...(["down", "slow", "html", "500"] as const).map((fault): Step => ({
      says:
        `The auth service fails (${fault}) while somebody signs in: the page says so, and the same app goes on later`,
      run: (visit) => failsAtThePassword(visit, fault),
    })),
    {
      says:
        "The sync service is down: writes are refused in words, reads too or they are true, and nothing is lost",
      async run(visit) {
        const services = visit.power("services");
        const before = await visit.titles("habits_list");
        await whileFailing(services, (service) => service === "sync" ? "down" : undefined, async () => {
          assert.match(await visit.refused("habits_create", { title: "in vain" }), /sync service/);
          const read = await visit.call("habits_list");
          if (read.output === undefined) assert.match(read.message, /sync service/);
          else assert.deepEqual(titlesIn(read.output), before);
        });
        await visit.within10s(async () => assert.deepEqual(await visit.titles("habits_list"), before));
      },
    },
    {
      says: "The sign-in server cannot be reached: words, no empty list, and the app works on afterwards",
      async run(visit) {
        const before = await visit.titles("habits_list");
        await visit.power("withoutSignIn")(async () => {
          await visit.at.wait(5000);
          const outcome = await visit.call("habits_list");
          assert.deepEqual([outcome.status, outcome.output], [503, undefined]);
          assert.match(outcome.message, /sign-in server/);
        });
        assert.deepEqual(await visit.titles("habits_list"), before);
      },
    },
  ];
}

/** The last step: what the logs hold after all others. */
export const LOGS_STEP: Step = {
  says: "No password, token or key is in any log of the gateway or the sign-in server",
  run(visit) {
    const text = visit.power("logs")().join("\n");
    const { password, email } = visit.at.person;
    for (
      const secret of [password, email, visit.app.access, visit.app.refresh, visit.at.signInKey, MARKER]
    ) {
      assert.equal(text.includes(secret), false);
    }
    return Promise.resolve();
  },
};

/** The auth service fails when the kept token of the person is over. */
async function fails(visit: Visit, fault: ServiceFault): Promise<void> {
  const services = visit.power("services");
  const before = await visit.titles("habits_list");
  await visit.outliveTokens();
  const outcome = await whileFailing(
    services,
    (service, { url }) => service === "auth" && !url.endsWith("/api/auth/jwks") ? fault : undefined,
    () => visit.call("habits_list"),
  );
  assert.equal(outcome.output, undefined, "an answer without the auth service");
  assert.match(outcome.message, /not available|try again/, `${outcome.status}`);
  assert.equal(outcome.message.includes(MARKER), false);
  await visit.within10s(async () => assert.deepEqual(await visit.titles("habits_list"), before));
}

async function failsAtThePassword(visit: Visit, fault: ServiceFault): Promise<void> {
  const services = visit.power("services");
  const { client_id } = await register(visit.door);
  const browser = visit.newBrowser();
  const page = await browser.open(authorizeUrl(client_id, { resource: visit.at.mcpUrl }));
  const refused = await whileFailing(
    services,
    (service) => service === "auth" ? fault : undefined,
    () => submitPassword(browser, page, visit.at.person),
  );
  assert.equal(new URL(refused.url).pathname, "/sign-in");
  assert.ok(refused.status >= 400);
  assert.equal(refused.html.includes(MARKER), false);
  const entered = await submitPassword(browser, refused, visit.at.person);
  assert.equal(new URL(entered.url).pathname, "/consent", entered.html);
}

async function whileFailing<T>(
  services: Pick<RealServices, "fault">,
  fault: NonNullable<RealServices["fault"]>,
  work: () => Promise<T>,
): Promise<T> {
  services.fault = fault;
  try {
    return await work();
  } finally {
    services.fault = null;
  }
}
