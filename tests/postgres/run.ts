// `deno task test:postgres`: starts a PostgreSQL of its own and runs the tests of sign-in on it, the same that run on SQLite
// otherwise. Ends with their code; with 0 and a line where PostgreSQL is not installed.
import { print } from "../../scripts/print.ts";
import { POSTGRES_PROGRAMS } from "../_support/test_database.ts";
import { temporaryFolder } from "../_support/temporary_folder.ts";
import { isInstalled, startPostgres } from "./_postgres.ts";

const TESTS = ["tests/postgres", "tests/oauth", "tests/sign_in", "tests/acceptance", "tests/backend/personas"]
  .concat(
    ["account", "lockout", "session_tokens", "sign_in_database", "spaces", "sync", "token"]
      .map((name) => `tests/backend/${name}_test.ts`),
  );

/** Runs the tests on an instance; returns their code. */
async function run(): Promise<number> {
  await using folder = await temporaryFolder();
  await using postgres = await startPostgres(folder.path);
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "test",
      "--parallel",
      "--no-prompt",
      "--allow-net=127.0.0.1,localhost",
      "--allow-read=.",
      "--allow-write=.mana-test",
      `--allow-env=TEST_DATABASE_URL,${Deno.args[0] ?? ""}`,
      "--ignore-env",
      `--allow-run=${Deno.execPath()},${POSTGRES_PROGRAMS}/createdb`,
      ...TESTS,
    ],
    env: { TEST_DATABASE_URL: postgres.url },
  }).spawn();
  return (await child.status).code;
}

if (await isInstalled()) Deno.exit(await run());
print(`Not tested: sign-in on PostgreSQL, because ${POSTGRES_PROGRAMS}/postgres is not installed`);
