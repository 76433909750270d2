import assert from "node:assert/strict";

/** The auth service's program has packages of its own, so `deno fmt`, `deno lint` and `deno check` of the product leave it out. */

const PROGRAM = "tests/_support/real_services/auth_program";

Deno.test("the program of the stand-in is formatted, linted and sound in types", async () => {
  for (const args of [["fmt", "--check"], ["lint"], ["check", "--frozen"]]) {
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [...args, "--quiet", `--config=${PROGRAM}/packages.json`, PROGRAM],
    }).output();
    assert.equal(code, 0, `${args[0]}: ${new TextDecoder().decode(stderr)}`);
  }
});

Deno.test("the product's lock holds nothing of the older better-auth", async () => {
  assert.match(await Deno.readTextFile(`${PROGRAM}/packages.lock`), /"npm:better-auth@1\.6\.0"/);
  assert.doesNotMatch(await Deno.readTextFile("deno.lock"), /better-auth@1\.6\.|@opentelemetry/);
});
