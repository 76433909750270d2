import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "../_support/temporary_folder.ts";

/** `deno task outdated`, in a project of its own and with a registry that says what it is told. */

const SCRIPT = fileURLToPath(new URL("_outdated_elsewhere.ts", import.meta.url));
/** Runs the script as the task does, on packages with these versions in the registry; both are locked as 1.0.0. */
async function outdated(registry: Readonly<Record<string, readonly string[]>>) {
  await using folder = await temporaryFolder();
  const manifest = (name: string, version: string, origin: string) => ({
    name,
    version,
    dependencies: name === "named" ? { brought: "^1.0.0" } : {},
    dist: { tarball: `${origin}/${name}-${version}.tgz`, integrity: `sha512-${btoa(name + version)}` },
  });
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const url = new URL(request.url);
    const name = url.pathname.slice(1);
    const versions = registry[name];
    if (versions === undefined) return new Response(null, { status: 404 });
    return Response.json({
      name,
      "dist-tags": { latest: versions.at(-1) },
      versions: Object.fromEntries(versions.map((version) => [version, manifest(name, version, url.origin)])),
    });
  });
  const write = (file: string, value: unknown) =>
    Deno.writeTextFile(`${folder.path}/${file}`, JSON.stringify(value));
  await write("deno.json", { workspace: ["./member"], nodeModulesDir: "none", imports: {} });
  await Deno.mkdir(`${folder.path}/member`);
  await write("member/deno.json", { imports: { named: "npm:named@1.0.0" } });
  await write("package.json", { private: true, overrides: {} });
  await write("deno.lock", {
    version: "5",
    specifiers: { "npm:named@1.0.0": "1.0.0" },
    npm: {
      "named@1.0.0": { integrity: `sha512-${btoa("named1.0.0")}`, dependencies: ["brought"] },
      "brought@1.0.0": { integrity: `sha512-${btoa("brought1.0.0")}` },
    },
    workspace: {
      packageJson: { overrides: {} },
      members: { member: { dependencies: ["npm:named@1.0.0"] } },
    },
  });
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...[
        "run",
        "--quiet",
        "--no-prompt",
        "--allow-read=.",
        "--allow-write=.",
        "--allow-run",
        "--allow-env",
        SCRIPT,
      ],
      ...[`http://127.0.0.1:${server.addr.port}/`, `${await Deno.realPath(folder.path)}/cache`],
    ],
    cwd: folder.path,
  }).output();
  return { code, said: new TextDecoder().decode(stdout) };
}

Deno.test("outdated: nothing newer is one line and 0", async () => {
  assert.deepEqual(await outdated({ named: ["1.0.0"], brought: ["1.0.0"] }), {
    code: 0,
    said: "All dependencies are the newest.\n",
  });
});

Deno.test("outdated: a newer version of what a member names, and of what that brings along, ends with 1", async () => {
  const named = await outdated({ named: ["1.0.0", "2.0.0"], brought: ["1.0.0"] });
  assert.equal(named.code, 1);
  assert.match(named.said, /npm:named +│ 1\.0\.0 +│ 1\.0\.0 +│ 2\.0\.0/);
  assert.deepEqual(await outdated({ named: ["1.0.0"], brought: ["1.0.0", "1.1.0"] }), {
    code: 1,
    said: "deno.lock has another version than brought@1.1.0: delete it and run deno install --frozen=false\n",
  });
});

Deno.test("outdated: a registry that cannot be asked is no good news", async () => {
  const { code, said } = await outdated({});
  assert.equal(code, 1);
  assert.match(said, /^Cannot tell: /);
});
