import assert from "node:assert/strict";

/** The personas key and the personas' tokens never meet: no room that has the one can name the other. */

async function filesOf(folder: string): Promise<readonly { readonly path: string; readonly text: string }[]> {
  const found: { path: string; text: string }[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) found.push(...await filesOf(path));
    else if (/\.tsx?$/.test(name)) found.push({ path, text: await Deno.readTextFile(path) });
  }
  return found;
}

const SIGNED_IN = /^runner\/(sign_in|mana)\//;
const KEYED = /^runner\/personas_api\//;

Deno.test("the personas key is sent in one room, which knows no token; sign-in and the gateway's client know no key", async () => {
  const files = await filesOf("runner");
  const sends = files.filter(({ text }) =>
    /x-service-key/i.test(text.replaceAll(/^\s*(\/\/|\*|\/\*).*$/gm, ""))
  );
  const senders = sends.map(({ path }) => path).filter((path) => path !== "runner/web/runner_door.ts");
  assert.ok(senders.length > 0, "the rule is about something");
  assert.deepEqual(senders.filter((path) => !KEYED.test(path)), []);
  for (const { path, text } of files) {
    if (KEYED.test(path)) {
      assert.doesNotMatch(text, /\bBearer\b|authorization|from "\.\.\/(sign_in|mana)\//, path);
    }
    if (SIGNED_IN.test(path)) assert.doesNotMatch(text, /personasKey|from "\.\.\/personas_api\//, path);
  }
});

Deno.test("only main.ts touches the runtime, and nobody but the settings, runner.ts and personas_api names the key", async () => {
  const files = await filesOf("runner");
  const own = /^runner\/(main\.ts|agent_sdk\/)/;
  assert.deepEqual(
    files.filter(({ path, text }) => !own.test(path) && /\bDeno\./.test(text)).map(({ path }) => path),
    [],
  );
  const named = files.filter(({ text }) => /personasKey/.test(text)).map(({ path }) => path).sort();
  assert.deepEqual(named, ["runner/runner.ts", "runner/settings/settings.ts"]);
});
