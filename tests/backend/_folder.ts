import { DatabaseSync } from "node:sqlite";

/** A data folder for one test; `await using` removes it. */
export interface Folder extends AsyncDisposable {
  readonly path: string;
}

/** Makes an empty folder below `.mana-test`, the one place that tests may write. */
export async function makeFolder(): Promise<Folder> {
  const path = `.mana-test/${crypto.randomUUID()}`;
  await Deno.mkdir(path, { recursive: true });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** Takes our tables of sign-in out of auth.sqlite: before it had them, they lay in mana.sqlite. */
export function forgetSignIn(folder: string): void {
  using db = new DatabaseSync(`${folder}/auth.sqlite`);
  for (
    const table of [
      "grant_uses",
      "ledger_wishes",
      "grants",
      "client_registrations",
      "login_failures",
      "login_locks",
      "space_counts",
      "auth_services",
      "auth_sessions",
      "sign_in_state",
    ]
  ) {
    db.exec(`DROP TABLE ${table}`);
  }
}
