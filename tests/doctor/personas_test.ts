// What `deno task doctor` says of the service of synthetic people, and that only that service widens its rights.
import assert from "node:assert/strict";
import { gatewayFlags } from "../../lib/settings/process_flags.ts";
import { parseSettings } from "../../lib/settings/settings.ts";
import { checkPersonas } from "../../scripts/doctor/check_personas.ts";
import { personasDoorProblem, readPersonasDoor } from "../../scripts/doctor/personas_door.ts";
import { createPersonaBackend, KEY } from "../backend/personas/_personas.ts";

const API = "http://api.test";

/** Every finding, as the terminal shows it. */
async function findings(
  answer: (request: Request) => Promise<Response>,
  now = Date.parse("2026-05-01T12:00:00.000Z"),
  env: Record<string, string> = {},
): Promise<string[]> {
  const parsed = parseSettings({});
  assert.ok(parsed.ok);
  const lines: string[] = [];
  await checkPersonas({
    settings: parsed.settings,
    personas: readPersonasDoor({ MANA_API_URL: API, MANA_PERSONAS_KEY: KEY, ...env }),
    fetch: (input, init) => answer(new Request(input, init)),
    now: () => now,
    token: null,
  }, (ok, what, fix) => void lines.push(ok ? `✓ ${what}` : `✗ ${what} → ${fix}`));
  return lines;
}

const NO_CLAIMS =
  "✓ personas API knows no claims: let one runner work at most, or each persona is played twice. It is an older service, whose " +
  "creation trusts the answer of a registration, and whose deletion may say ok and leave the account: look at the accounts after both";

Deno.test("doctor: of the embedded backend's personas there is nothing to complain about, and nothing is changed", async () => {
  await using test = await createPersonaBackend();
  const id = await test.make();
  const before = await test.runner("/report");
  assert.deepEqual(await findings((request) => test.backend.auth.fetch(request)), [
    "✓ personas API at http://api.test: 1 persona due",
    "✓ clock differs from the personas API by 0 s",
    "✓ personas API knows claims: several runners share the work",
  ]);
  assert.deepEqual(await test.runner("/report"), before);
  assert.ok(id);
  const wrong = await findings((request) => test.backend.auth.fetch(request), undefined, {
    MANA_PERSONAS_KEY: "another key than its own",
  });
  assert.deepEqual(wrong, [
    "✗ personas API at http://api.test → it answers 401: MANA_PERSONAS_KEY is not the key that it was started with",
  ]);
  const skewed = await findings((request) => test.backend.auth.fetch(request), test.clock.now - 60_000);
  assert.ok(skewed.includes(
    "✗ clock differs from the personas API by 60 s → set both clocks by NTP: claims will seem to end too early or too late",
  ));
});

Deno.test("doctor: what the reference service answers wrongly is told in words", async () => {
  const failing = () => Promise.resolve(Response.json({ error: "Internal" }, { status: 500 }));
  assert.deepEqual(await findings(failing), [
    "✗ personas API at http://api.test → it answers 500 when asked who is due. The reference service always does: it hands dates to its " +
    "database as a driver cannot write them. Until that is mended, no runner gets a persona from it: mend the query of GET /due there, " +
    "or use the embedded backend",
  ]);
  const mended = (request: Request) =>
    Promise.resolve(
      request.url.endsWith("/due")
        ? Response.json({ personas: [], serverTime: "2026-05-01T12:00:00.000Z" })
        : new Response("404 Not Found", { status: 404 }),
    );
  assert.deepEqual(await findings(mended), [
    "✓ personas API at http://api.test: 0 personas due",
    "✓ clock differs from the personas API by 0 s",
    NO_CLAIMS,
  ]);
});

for (
  const [name, answer, expected] of [
    [
      "that serves no personas",
      () => new Response("404", { status: 404 }),
      "it answers 404: it serves no personas; start the embedded backend with BACKEND_PERSONAS=on, or check MANA_API_URL",
    ],
    [
      "that is another",
      () => Response.json({ ok: true }),
      "it answers 200 and no list of who is due: that is no personas API, check MANA_API_URL",
    ],
    [
      "that sends elsewhere",
      () => Response.redirect("http://elsewhere.test/"),
      "it answers 302, a redirect, which is never followed; check MANA_API_URL and that it runs",
    ],
    [
      "that is not there",
      () => Promise.reject(new TypeError("unreachable")),
      "it cannot be reached; check MANA_API_URL and that it runs",
    ],
  ] as const
) {
  Deno.test(`doctor: a personas API ${name} is named with its fix`, async () => {
    const lines = await findings(() => Promise.resolve(answer()));
    assert.deepEqual(lines, [`✗ personas API at http://api.test → ${expected}`]);
  });
}

Deno.test("doctor: one setting without the other, and an address that is none, are not passed over in silence", () => {
  const problem = (MANA_API_URL?: string, MANA_PERSONAS_KEY?: string) =>
    personasDoorProblem({ MANA_API_URL, MANA_PERSONAS_KEY });
  assert.equal(problem(), null);
  assert.equal(problem("", " "), null);
  assert.equal(problem(API, KEY), null);
  assert.deepEqual(problem(API), {
    ok: true,
    what: "personas API is not looked at: set MANA_PERSONAS_KEY, too",
  });
  assert.deepEqual(problem(undefined, KEY), {
    ok: true,
    what: "personas API is not looked at: set MANA_API_URL, too",
  });
  for (const url of ["nonsense", "ftp://api.test", "http://user:secret@api.test", "http://*"]) {
    const found = problem(url, KEY);
    assert.equal(found?.ok, false, url);
    assert.doesNotMatch(JSON.stringify(found), /secret|nonsense/, "nothing of the value is repeated");
  }
});

Deno.test("doctor: without both settings nothing of personas is asked, and no odd address becomes a right", async () => {
  const never = () => Promise.reject(new Error("asked"));
  const key = { MANA_PERSONAS_KEY: KEY };
  for (
    const env of [
      { MANA_API_URL: API },
      key,
      { ...key, MANA_API_URL: "" },
      { ...key, MANA_API_URL: "api.test" },
      { ...key, MANA_API_URL: "ftp://api.test" },
      { ...key, MANA_API_URL: "http://user:secret@api.test" },
      { ...key, MANA_API_URL: "http://api.test,evil.test" },
      { ...key, MANA_API_URL: "http://*.test" },
      { MANA_API_URL: API, MANA_PERSONAS_KEY: " " },
    ]
  ) {
    const given = { MANA_API_URL: "", MANA_PERSONAS_KEY: "", ...env };
    assert.deepEqual(await findings(never, 0, given), []);
    assert.equal(await printedFlag(given), "");
  }
  assert.equal(
    await printedFlag({ ...key, MANA_API_URL: "https://api.test/base/" }),
    "--allow-net=api.test:443",
  );
  assert.equal(await printedFlag({ ...key, MANA_API_URL: "http://[::1]:3060" }), "--allow-net=[::1]:3060");
});

Deno.test("doctor: the one host more is no excess of rights, and any other is", async () => {
  const env = {
    MANA_API_URL: "http://127.0.0.1:9",
    MANA_PERSONAS_KEY: KEY,
    MANA_AUTH_URL: "http://127.0.0.1:1",
  };
  const parsed = parseSettings({ MANA_AUTH_URL: env.MANA_AUTH_URL });
  assert.ok(parsed.ok);
  const flags = [...gatewayFlags(parsed.settings), "--allow-env=MANA_TOKEN,MANA_API_URL,MANA_PERSONAS_KEY"];
  const said = await run([...flags, await printedFlag(env), "scripts/doctor.ts"], env);
  assert.match(said, /^✓ rights are exactly what the gateway needs$/m);
  assert.match(said, /^✗ personas API at http:\/\/127\.0\.0\.1:9$/m);
  const more = await run([...flags, "--allow-net=127.0.0.1:9,127.0.0.1:8080", "scripts/doctor.ts"], env);
  assert.match(more, /^✗ net is allowed for 127\.0\.0\.1:8080/m);
});

async function printedFlag(env: Record<string, string>): Promise<string> {
  const flags = ["--no-prompt", "--allow-env=MANA_API_URL,MANA_PERSONAS_KEY"];
  return (await run([...flags, "scripts/doctor/print_personas_flag.ts"], env)).trim();
}

async function run(args: readonly string[], env: Record<string, string>): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", ...args],
    env: { ...env, NO_COLOR: "1" },
    stderr: "inherit",
  }).output();
  return new TextDecoder().decode(stdout);
}
