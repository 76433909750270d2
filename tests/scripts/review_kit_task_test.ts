// `deno task review-kit` with the rights that deno.json declares, in a folder of the test: what it leaves there, and what it says of a token.
import assert from "node:assert/strict";
import manifest from "../../deno.json" with { type: "json" };
import { runTask } from "../_support/run_task.ts";
import { temporaryFolder } from "../_support/temporary_folder.ts";

/** The task's own command; the scripts stay where they are, and all other paths are of the folder that it runs in. */
const COMMAND = manifest.tasks["review-kit"].command.replaceAll(/ scripts\//g, ` ${Deno.cwd()}/scripts/`);

const ENV = {
  OPERATOR_NAME: "Example",
  OPERATOR_CONTACT: "help@example.test",
};

function reviewKit(folder: string, env: Readonly<Record<string, string>>) {
  return runTask(["--eval", `${COMMAND} --account`], "", { ...ENV, ...env }, folder);
}

Deno.test("review-kit: a token that no header takes is refused without a word of it; pictures of an earlier run go", async () => {
  await using folder = await temporaryFolder();
  const review = `${folder.path}/.mana-review`;
  const pictures = `${folder.path}/.mana-pictures`;
  await Deno.mkdir(`${review}/pictures`, { recursive: true });
  await Deno.mkdir(pictures);
  await Deno.writeTextFile(`${review}/pictures/personas-desk-light.png`, "old");
  await Deno.writeTextFile(`${review}/notes.txt`, "the operator's own");
  await Deno.writeTextFile(`${pictures}/gateway-desk-light.png`, "new");
  for (const token of ["Bearer MARK.b.c", "MARK.b", "MARK.b.c\nMARK", "MARK.ü.c"]) {
    const { code, out, err } = await reviewKit(folder.path, { MANA_TOKEN: token });
    assert.deepEqual([code, err], [0, ""], out);
    assert.match(out, /^✗ MANA_TOKEN is no token: three parts with dots between them, on one line$/m);
    assert.equal(out.includes("MARK"), false);
    assert.match(out, /^✗ An account with data for reviewers/m);
  }
  assert.deepEqual([...Deno.readDirSync(`${review}/pictures`)].map(({ name }) => name), [
    "gateway-desk-light.png",
  ]);
  assert.deepEqual([...Deno.readDirSync(review)].map(({ name }) => name).sort(), [
    "checklist.md",
    "notes.txt",
    "pictures",
    "requests.md",
    "server.json",
    "tools.json",
    "tools.md",
  ]);
});

Deno.test("review-kit: a token goes to the gateway that is named, and is not printed where that refuses it", async () => {
  await using folder = await temporaryFolder();
  const shown = new Set<string | null>();
  await using gateway = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, ({ headers }) => {
    shown.add(headers.get("authorization"));
    return new Response("The token is not good here.", { status: 401 });
  });
  const { code, out, err } = await reviewKit(folder.path, {
    PUBLIC_URL: `http://127.0.0.1:${gateway.addr.port}`,
    MANA_TOKEN: " MARK.MARK.MARK\n",
  });
  assert.deepEqual([code, err], [0, ""], out);
  assert.deepEqual([...shown], ["Bearer MARK.MARK.MARK"]);
  assert.match(out, /^✗ /);
  assert.doesNotMatch(out, /MARK|NotCapable|Requires .* access/);
  assert.deepEqual([...Deno.readDirSync(`${folder.path}/.mana-review/pictures`)], []);
});

Deno.test("review-kit: no account is made where the gateway does not answer, since nobody could fill it later", async () => {
  await using folder = await temporaryFolder();
  const asked: string[] = [];
  await using auth = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, ({ url }) => {
    asked.push(url);
    return new Response("", { status: 503 });
  });
  const authUrl = `http://127.0.0.1:${auth.addr.port}`;
  // One that is ill, one that nobody listens at.
  for (const base of [authUrl, "http://127.0.0.1:9"]) {
    const { code, out, err } = await reviewKit(folder.path, { PUBLIC_URL: base, MANA_AUTH_URL: authUrl });
    assert.deepEqual([code, err], [0, ""], out);
    const words =
      `✗ The gateway does not answer at ${base}, so no account was made. Start it, and run this again.`;
    assert.ok(out.includes(words), out);
  }
  assert.deepEqual(asked, [`${authUrl}/health`]);
});

Deno.test("review-kit may reach this computer, the auth service and the gateway, as the settings name them", async () => {
  const [, inner] = / --allow-net="\$\((.*)\)" /.exec(COMMAND) ?? assert.fail(COMMAND);
  const hosts = async (env: Readonly<Record<string, string>>) => {
    const { out, err } = await runTask(["--eval", inner ?? ""], "", env);
    assert.equal(err, "");
    return out.trim().split(",");
  };
  assert.deepEqual(
    await hosts({ PUBLIC_URL: "https://mcp.example.test", MANA_AUTH_URL: "https://auth.example.test:8443" }),
    ["127.0.0.1", "localhost", "auth.example.test:8443", "mcp.example.test:443"],
  );
  assert.deepEqual(await hosts({ PUBLIC_URL: "ftp://x" }), ["127.0.0.1", "localhost"]);
});
