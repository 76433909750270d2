// TLS with a certificate of a private authority, a user and a password, under rights for one host alone.
import assert from "node:assert/strict";
import { temporaryFolder } from "../_support/temporary_folder.ts";
import { isValkeyInstalled, startValkey } from "../_support/valkey.ts";
import { makeCertificate } from "../nginx/_certificate.ts";

Deno.test({
  name:
    "rediss: with a private authority in DENO_CERT; without it, and with a wrong password, the reason is clear",
  ignore: !isValkeyInstalled(),
  async fn() {
    await using folder = await temporaryFolder();
    const root = await Deno.realPath(folder.path);
    const { certificate, key } = await makeCertificate();
    await Deno.writeTextFile(`${root}/certificate.pem`, certificate);
    await Deno.writeTextFile(`${root}/key.pem`, key);
    await using valkey = await startValkey([
      "port 0",
      "tls-port PORT",
      `tls-cert-file ${root}/certificate.pem`,
      `tls-key-file ${root}/key.pem`,
      "tls-auth-clients no",
      // As docs/production.md says.
      "user gateway on >pass:word ~mm1:* &mm1:* +@all -@admin -@dangerous +info",
      "user default off",
    ]);
    const connect = async (user: string, env: Record<string, string>) => {
      const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "--quiet", "--cached-only", "--no-prompt", "--ignore-env"].concat(
          `--allow-net=127.0.0.1:${valkey.port}`,
          "tests/valkey/_connect.ts",
          `rediss://${user}@127.0.0.1:${valkey.port}/3`,
        ),
        env,
      }).output();
      return new TextDecoder().decode(stdout).trim() || new TextDecoder().decode(stderr);
    };
    const trusted = { DENO_CERT: `${root}/certificate.pem` };
    assert.equal(await connect("gateway:pass%3Aword", trusted), "up");
    assert.equal(await connect("gateway:pass%3Aword", {}), "certificate");
    assert.equal(await connect("gateway:wrong", trusted), "password");
  },
});
