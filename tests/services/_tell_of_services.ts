/** Prints, as JSON, what the gateway makes of its list of services. Run by fifth_service_test.ts with another list. */
import { createClock } from "../../lib/kit/clock.ts";
import { describeRefusal } from "../../lib/kit/errors.ts";
import { SERVICES } from "../../lib/kit/services.ts";
import { createReadiness } from "../../lib/services/readiness.ts";
import { createServiceClient } from "../../lib/services/service_client.ts";
import { allowedNet } from "../../lib/settings/allowed_net.ts";
import { judgeConfinement } from "../../lib/settings/confinement.ts";
import { envFlags } from "../../lib/settings/process_flags.ts";
import { parseSettings } from "../../lib/settings/settings.ts";
import { createToolRegistry } from "../../lib/tool/tool_registry.ts";
import { homePage } from "../../lib/web/home_page.ts";
import { print } from "../../scripts/print.ts";

const parsed = parseSettings({ MANA_MAIL_URL: "https://mail.mana.test" });
if (!parsed.ok) throw new Error(parsed.problems.join("\n"));
const { settings } = parsed;
const clock = createClock({ calendar: () => 0, elapsed: () => 0 });
const asked: string[] = [];
const services = createServiceClient({
  clock,
  fetch: (input) => {
    asked.push(String(input));
    const isMail = String(input).startsWith("https://mail.mana.test");
    return Promise.resolve(new Response("{}", { status: isMail ? 503 : 200 }));
  },
});
const readiness = await createReadiness({ services, serviceUrls: settings.serviceUrls, clock })();
const confinement = judgeConfinement(settings, () => false);
const page = await homePage({
  version: "0",
  mcpUrl: "http://gateway.test/mcp",
  readiness,
  signInProblem: null,
  modules: [],
  prompts: [],
  registry: createToolRegistry([], "underscore"),
  confinement,
}, "nonce");
const [last] = SERVICES.slice(-1);
print(JSON.stringify({
  problems: (() => {
    const wrong = parseSettings({ MANA_MAIL_URL: "ftp://mail.mana.test" });
    return wrong.ok ? [] : wrong.problems;
  })(),
  net: allowedNet(settings),
  env: envFlags()[0],
  missing: confinement.missing.map((text) => text.replace(/, which is needed.*/, "")).filter((text) =>
    /mail/i.test(text)
  ),
  asked,
  readiness,
  words: last === undefined
    ? ""
    : describeRefusal({ reason: "upstream-failed", upstream: last.name, fault: "timeout" }).message,
  page: /<strong>Letters<\/strong> <span class="bad">does not answer/.test(page),
}));
