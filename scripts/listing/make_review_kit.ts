// `deno task review-kit`: writes all that a reviewer of a directory asks for into .mana-review/, and with --account makes an account with
// fictional records at the installation. Prints the account's password once, and never a token.
import { connectModern } from "../demo/demo_client.ts";
import { print } from "../print.ts";
import { criteriaMarkdown, judgeListing } from "./criteria.ts";
import { writeFictionalRecords } from "./fictional_records.ts";
import { readListingArguments } from "./listing_arguments.ts";
import { makeReviewAccount } from "./review_account.ts";
import { requestsMarkdown } from "./reviewer_requests.ts";
import { makeServerJson, serverJsonProblems } from "./server_json.ts";
import { toolLines, toolsMarkdown } from "./tool_list.ts";

const FOLDER = ".mana-review";
const PICTURES = ".mana-pictures";

const asked = readListingArguments(Deno.args, (name) => Deno.env.get(name));
if (!asked.ok) {
  for (const problem of asked.problems) print(`✗ ${problem}`);
  Deno.exit(78);
}
const { settings, words } = asked;
// Pictures of an earlier run may show what the product does not show any more.
await Deno.remove(`${FOLDER}/pictures`, { recursive: true }).catch(passOverMissing);
await Deno.mkdir(`${FOLDER}/pictures`, { recursive: true });
const pictures = await copyPictures();
const hasAccount = asked.wantsAccount && await fillAccount(asked.email ?? "reviewer@mana.test");

const json = makeServerJson(words);
const problems = serverJsonProblems(json);
const tools = toolLines();
const criteria = judgeListing({
  publicUrl: settings.publicUrl,
  operator: settings.operator,
  serverJsonProblems: problems,
  tools,
  pictures,
  hasAccount,
});
await Deno.writeTextFile(`${FOLDER}/server.json`, `${JSON.stringify(json, null, 2)}\n`);
await Deno.writeTextFile(`${FOLDER}/tools.json`, `${JSON.stringify(tools, null, 2)}\n`);
await Deno.writeTextFile(`${FOLDER}/tools.md`, toolsMarkdown(tools));
await Deno.writeTextFile(`${FOLDER}/requests.md`, requestsMarkdown());
await Deno.writeTextFile(`${FOLDER}/checklist.md`, criteriaMarkdown(criteria));
for (const { asks, isMet, words } of criteria) print(`${isMet ? "✓" : "✗"} ${asks}: ${words}`);
print(`\n${FOLDER}/ has server.json, tools.md, tools.json, requests.md, checklist.md and pictures/.`);

/** Copies what `deno task screenshots` has left; nothing where it was not run. */
async function copyPictures(): Promise<readonly string[]> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(PICTURES)) {
      await Deno.copyFile(`${PICTURES}/${name}`, `${FOLDER}/pictures/${name}`);
      names.push(name);
    }
  } catch (error) {
    passOverMissing(error);
  }
  return names.sort();
}

function passOverMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

async function fillAccount(email: string): Promise<boolean> {
  try {
    const own = Deno.env.get("MANA_TOKEN")?.trim();
    // Said here in fixed words: as a header it would be quoted by the error.
    if (own && !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(own)) {
      print("✗ MANA_TOKEN is no token: three parts with dots between them, on one line");
      return false;
    }
    const base = settings.publicUrl ?? `http://127.0.0.1:${settings.port}`;
    // Asked before an account is made: the next run would find the address taken, and the password is stored nowhere.
    if (!own && !await isHealthy(base)) {
      print(
        `✗ The gateway does not answer at ${base}, so no account was made. Start it, and run this again.`,
      );
      return false;
    }
    const account = own ? { token: own } : await makeReviewAccount({
      authUrl: settings.serviceUrls.auth,
      email,
      randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
    });
    if ("password" in account) {
      print(
        `  account   ${account.email}\n  password  ${account.password}   (printed once; it is stored nowhere)`,
      );
    }
    const client = await connectModern({ url: `${base}/mcp`, token: account.token });
    try {
      const written = await writeFictionalRecords((name, args) => client.call(name, args));
      print(`✓ ${written} fictional records written`);
    } finally {
      await client.close();
    }
    return true;
  } catch (error) {
    print(`✗ ${error instanceof Error ? error.message : "The account could not be made"}`);
    return false;
  }
}

async function isHealthy(base: string): Promise<boolean> {
  try {
    const { ok, body } = await fetch(`${base}/health`, { redirect: "manual" });
    await body?.cancel();
    return ok;
  } catch (error) {
    // No connection, an address that is none, a certificate that does not fit: all the same here.
    if (error instanceof TypeError) return false;
    throw error;
  }
}
