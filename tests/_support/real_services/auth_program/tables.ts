// The tables of better-auth's memory adapter, and how a person is found in them. Nothing outlives the program.

/** Tables by name. better-auth makes, changes and removes the rows itself; commands do what happens elsewhere. */
export type Tables = Record<string, Row[]> & Record<(typeof NAMES)[number], Row[]>;

/** A row. */
export type Row = Record<string, unknown>;

const NAMES = [
  "user",
  "session",
  "account",
  "verification",
  "jwks",
  "organization",
  "member",
  "invitation",
  "twoFactor",
] as const;

/** Makes empty tables. */
export function createTables(): Tables {
  return {
    user: [],
    session: [],
    account: [],
    verification: [],
    jwks: [],
    organization: [],
    member: [],
    invitation: [],
    twoFactor: [],
  };
}

/** The id of the person with this address. @throws {Error} when nobody has it */
export function idOf(tables: Tables, email: string): string {
  const id = tables.user.find((row) => row.email === email)?.id;
  if (typeof id !== "string") throw new Error(`Nobody has the address ${email}`);
  return id;
}

/** Removes the rows for which `isGone` holds; better-auth keeps the array itself. */
export function removeRows(rows: Row[], isGone: (row: Row) => boolean): void {
  rows.splice(0, rows.length, ...rows.filter((row) => !isGone(row)));
}
