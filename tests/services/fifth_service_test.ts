import assert from "node:assert/strict";
import { z } from "zod";
import { temporaryFolder } from "../_support/temporary_folder.ts";

const LIST = "lib/kit/services.ts";
const MAIL = `  {
    name: "mail",
    words: "mail service",
    purpose: "Letters",
    setting: "MANA_MAIL_URL",
    fallback: "http://localhost:3060",
    meaning: "Mail service.",
    healthPath: "/well",
  },
`;

const Told = z.object({
  problems: z.array(z.string()),
  net: z.array(z.string()),
  env: z.string(),
  missing: z.array(z.string()),
  asked: z.array(z.string()),
  readiness: z.object({ ready: z.boolean(), upstreams: z.record(z.string(), z.string()) }),
  words: z.string(),
  page: z.boolean(),
});

Deno.test("a fifth service is one entry of the list: settings, permissions, readiness, refusals and the page follow", async () => {
  await using folder = await temporaryFolder();
  const root = new URL("../../", import.meta.url);
  const list = await Deno.readTextFile(LIST);
  const end = list.indexOf("] as const satisfies");
  assert.ok(end > 0);
  await Deno.writeTextFile(`${folder.path}/services.ts`, list.slice(0, end) + MAIL + list.slice(end));
  const { imports } = z.object({ imports: z.record(z.string(), z.string()) })
    .parse(JSON.parse(await Deno.readTextFile("deno.json")));
  // The files of a package have addresses of their own.
  const files = Object.entries(imports).map(([name, address]) => [
    `${name}/`,
    `${address.replace("npm:", "npm:/")}/`,
  ]);
  // The same program with this list in the place of the real one.
  const map = {
    imports: { ...imports, ...Object.fromEntries(files), [new URL(LIST, root).href]: "./services.ts" },
  };
  await Deno.writeTextFile(`${folder.path}/imports.json`, JSON.stringify(map));
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--cached-only",
      "--no-lock",
      "--quiet",
      `--import-map=${folder.path}/imports.json`,
      "tests/services/_tell_of_services.ts",
    ],
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  const told = Told.parse(JSON.parse(new TextDecoder().decode(stdout)));

  assert.deepEqual(told.problems, [
    'MANA_MAIL_URL is "ftp://mail.mana.test": expected an http or https URL without user, query or fragment',
  ]);
  assert.deepEqual(told.net, ["127.0.0.1:3069", "localhost:3001", "localhost:3050", "mail.mana.test:443"]);
  assert.match(told.env, /MANA_VAULT_URL,MANA_SIGN_IN_URL,MANA_MAIL_URL,JWT_AUDIENCE/);
  assert.deepEqual(told.missing, ["net is not allowed for mail", "env is not allowed for MANA_MAIL_URL"]);
  assert.ok(told.asked.includes("https://mail.mana.test/well"));
  assert.deepEqual(told.readiness, {
    ready: false,
    upstreams: { auth: "ok", sync: "ok", mail: "failing" },
  });
  assert.equal(told.words, "The mail service did not answer in time: try again later.");
  assert.ok(told.page);
});
