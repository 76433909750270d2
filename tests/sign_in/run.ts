// `deno task test:people`: runs the tests of OAuth and the pages a second time, with a sign-in server in front of an auth service
// elsewhere in the place of the embedded backend. Ends with their code.

if (import.meta.main) {
  const [names = ""] = Deno.args;
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "test",
      "--parallel",
      "--no-prompt",
      "--allow-net=127.0.0.1,localhost",
      "--allow-read=.",
      "--allow-write=.mana-test",
      `--allow-env=TEST_PEOPLE,${names}`,
      "--ignore-env",
      `--allow-run=${Deno.execPath()}`,
      "tests/oauth",
    ],
    env: { TEST_PEOPLE: "remote" },
  }).spawn();
  Deno.exitCode = (await child.status).code;
}
