// The units that docs/deploy ships, judged by systemd itself: what they say is understood, and how much they leave open.
import assert from "node:assert/strict";
import { temporaryFolder } from "../_support/temporary_folder.ts";
import { isInstalled } from "./_installed.ts";

const ANALYZE = "/usr/bin/systemd-analyze";
const installed = await isInstalled(ANALYZE, "the shipped units");
/** Highest exposure level that is accepted, in tenths, of a scale from 0 to 100. */
const EXPOSURE = 20;

for (const unit of await shippedUnits()) {
  Deno.test({
    name: `systemd understands every line of ${unit}, and the service is open to little`,
    ignore: !installed,
    fn: async () => {
      await using folder = await temporaryFolder();
      // Of a template, a unit as it runs.
      const copy = `${await Deno.realPath(folder.path)}/${unit.replace("@.", "@2.")}`;
      // systemd wants the program to be there: it stands elsewhere on the computer of a test.
      const text = await Deno.readTextFile(`docs/deploy/${unit}`);
      const [, program = ""] = /^ExecStart=(\/usr\/local\/bin\/(?:deno|mana-mcp))(?: |$)/m.exec(text) ?? [];
      assert.ok(program !== "", "the unit starts Deno, or the compiled gateway");
      await Deno.writeTextFile(copy, text.replace(program, Deno.execPath()));
      // A setting that is not known is a warning and no failure, so nothing at all may be said.
      assert.equal(await analyze("verify", "--man=no", copy), "");
      await analyze("security", "--offline=true", `--threshold=${EXPOSURE}`, copy);
    },
  });
}

Deno.test("a unit of a worker is confined as the unit of the gateway alone, line by line", async () => {
  const confinement = async (unit: string) => {
    const text = await Deno.readTextFile(`docs/deploy/${unit}`);
    return text.slice(text.indexOf("# Beside Deno's own permissions"));
  };
  assert.ok((await confinement("mana-mcp.service")).length > 500);
  assert.equal(await confinement("mana-mcp@.service"), await confinement("mana-mcp.service"));
  // Without a name each unit would get a user of its own, and none but the first the port.
  assert.match(await Deno.readTextFile("docs/deploy/mana-mcp@.service"), /^User=mana-mcp$/m);
});

async function shippedUnits(): Promise<readonly string[]> {
  const names = await Array.fromAsync(Deno.readDir("docs/deploy"), ({ name }) => name);
  return names.filter((name) => name.endsWith(".service")).sort();
}

/** What systemd says of a unit on its error output; the test fails where it ends with an error. */
async function analyze(...args: readonly string[]): Promise<string> {
  const command = new Deno.Command(ANALYZE, {
    args: [...args],
    env: { SYSTEMD_LOG_LEVEL: "warning", PATH: "/usr/bin:/bin" },
    clearEnv: true,
    stdin: "null",
  });
  const { success, stdout, stderr } = await command.output();
  const said = new TextDecoder().decode(stderr);
  assert.ok(success, said + new TextDecoder().decode(stdout));
  return said;
}
