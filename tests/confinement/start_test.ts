import assert from "node:assert/strict";
import { z } from "zod";
import { parseSettings } from "../../lib/settings/settings.ts";
import { SETTINGS } from "../../lib/settings/settings_table.ts";
import { gatewayFlags } from "../../lib/settings/process_flags.ts";
import { startGateway } from "../../scripts/stack/start_stack.ts";

const ENV = { PORT: "0", MANA_AUTH_URL: "http://127.0.0.1:1", MANA_SYNC_URL: "http://127.0.0.1:2" };
const parsed = parseSettings(ENV);
assert.ok(parsed.ok);
const FLAGS = gatewayFlags(parsed.settings);

const Line = z.looseObject({ event: z.string(), level: z.string(), problem: z.string().optional() });
const parseLines = (lines: readonly string[]) => lines.map((line) => Line.parse(JSON.parse(line)));

/** Starts the gateway with these flags, which it must not accept, and returns what it says. */
async function refused(flags: readonly string[]): Promise<string[]> {
  const gateway = startGateway({ env: ENV, flags });
  assert.equal(await gateway.exited, 78);
  return parseLines(gateway.lines()).map(({ event, problem }) => `${event}: ${problem}`);
}

async function running(env: Readonly<Record<string, string>>, flags?: readonly string[]) {
  const gateway = startGateway({ env, ...(flags === undefined ? {} : { flags }) });
  const { url } = z.object({ url: z.string() }).parse(await gateway.event("listening"));
  const get = async (path: string) => await (await fetch(new URL(path, url))).json();
  return { gateway, get };
}

Deno.test("the gateway serves under its own flags and /health shows what it measured", async () => {
  const { gateway, get } = await running(ENV);
  try {
    const { confinement } = await get("/health");
    assert.deepEqual(confinement, {
      state: "confined",
      allowed: {
        net: ["listen", "auth", "sync"],
        read: [],
        write: [],
        run: [],
        ffi: [],
        sys: [],
        env: SETTINGS.map(({ name }) => name),
        import: [],
      },
    });
    assert.equal("confinement" in await get("/ready"), false);
    assert.equal(gateway.lines().some((line) => line.includes("unconfined")), false);
  } finally {
    assert.equal(await gateway.stop(), 0);
  }
});

Deno.test("with a sign-in server there is one more host, and a start without the key for it ends with 78 and says so", async () => {
  const env = { ...ENV, MANA_SIGN_IN_URL: "http://127.0.0.1:3" };
  const keyless = startGateway({ env });
  assert.equal(await keyless.exited, 78);
  assert.deepEqual(parseLines(keyless.lines()).map(({ event, problem }) => `${event}: ${problem}`), [
    "settings: SIGN_IN_SERVICE_KEY is missing: with MANA_SIGN_IN_URL set, the sign-in server has to know this gateway",
  ]);
  const whole = { ...env, SIGN_IN_SERVICE_KEY: "k".repeat(32) };
  // The flags for the settings without it: the self-test finds what is missing.
  const confined = startGateway({ env: whole, flags: FLAGS });
  assert.equal(await confined.exited, 78);
  const [missing] = parseLines(confined.lines()).map(({ problem }) => problem ?? "");
  assert.match(
    missing ?? "",
    /^net is not allowed for sign-in, which is needed: start with --allow-net=.*127\.0\.0\.1:3$/,
  );
  const { gateway, get } = await running(whole);
  try {
    const { confinement } = await get("/health");
    assert.equal(confinement.state, "confined");
    assert.deepEqual(confinement.allowed.net, ["listen", "auth", "sync", "sign-in"]);
    assert.equal(gateway.lines().join().includes(whole.SIGN_IN_SERVICE_KEY), false);
  } finally {
    assert.equal(await gateway.stop(), 0);
  }
});

Deno.test("the gateway refuses to serve under --allow-all and names every excess with its remedy", async () => {
  const said = await refused(["--allow-all"]);
  assert.deepEqual(said.map((line) => line.split(" ").slice(0, 2).join(" ")), [
    "unconfined: net",
    "unconfined: read",
    "unconfined: write",
    "unconfined: run",
    "unconfined: ffi",
    "unconfined: sys",
    "unconfined: env",
    "unconfined: import",
  ]);
  assert.ok(
    said[0]?.endsWith(`start with ${FLAGS.find((flag) => flag.startsWith("--allow-net="))}`),
    said[0],
  );
});

for (
  const [name, flag, expected] of [
    ["another port", "--allow-net=127.0.0.1:5432", /^unconfined: net is allowed for 127\.0\.0\.1:5432, /],
    ["every port of a host", "--allow-net=127.0.0.1", /^unconfined: net is allowed for 127\.0\.0\.1, /],
    [
      "its own folder",
      "--allow-read=.",
      /^unconfined: read is allowed for \., .*start without --allow-read /,
    ],
    ["a place to write", "--allow-write=/dev/shm", /^unconfined: write is allowed for \/dev\/shm, /],
    ["a shell", "--allow-run=sh", /^unconfined: run is allowed for sh, /],
    ["one variable of others", "--allow-env=HOME", /^unconfined: env is allowed for HOME, /],
  ] as const
) {
  Deno.test(`the gateway refuses to serve with ${name} too many`, async () => {
    const [first, ...more] = await refused([...FLAGS, flag]);
    assert.match(first ?? "", expected);
    assert.deepEqual(more, []);
  });
}

for (
  const [name, dropped, expected] of [
    ["the hosts that Deno imports from by default", /^--(allow-import|cached-only)/, "deno.land:443"],
    ["any host to import from, which is what --cached-only alone means", /^--allow-import/, "everything"],
  ] as const
) {
  Deno.test(`the gateway refuses to serve with ${name}`, async () => {
    const [first, ...more] = await refused(FLAGS.filter((flag) => !dropped.test(flag)));
    assert.ok(first?.startsWith(`unconfined: import is allowed for ${expected}, `), first);
    assert.ok(first?.endsWith("start with --allow-import=none.invalid:1"), first);
    assert.deepEqual(more, []);
  });
}

Deno.test("the gateway refuses to serve without a right it needs", async () => {
  const fewer = FLAGS.map((flag) => flag.replace(",127.0.0.1:2", ""));
  const [first, ...more] = await refused(fewer);
  assert.match(
    first ?? "",
    /^settings: net is not allowed for sync, which is needed: start with --allow-net=/,
  );
  assert.deepEqual(more, []);
});

Deno.test("ALLOW_UNCONFINED=1 serves anyway and says so in the log, /health and /ready", async () => {
  const { gateway, get } = await running({ ...ENV, ALLOW_UNCONFINED: "1", LOG_LEVEL: "error" }, [
    "--allow-all",
  ]);
  try {
    const { confinement } = await get("/health");
    assert.equal(confinement.state, "unconfined");
    assert.ok(confinement.allowed.net.includes("everything"));
    assert.equal((await get("/ready")).confinement, "unconfined");
    // Even at LOG_LEVEL=error.
    assert.equal(
      parseLines(gateway.lines()).filter(({ event, level }) => event === "unconfined" && level === "warn")
        .length,
      8,
    );
  } finally {
    assert.equal(await gateway.stop(), 0);
  }
});
