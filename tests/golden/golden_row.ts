// A golden row: the row that the web app writes for a typical creation and a typical change, and the calls of our tools that
// have to write the same. The facts are those of tests/contracts/modules.json; golden_rows_test.ts compares.

/** One call of a tool. */
export interface GoldenCall {
  /** As clients see it: `contacts_create`. */
  readonly tool: string;
  /** A function where the call needs an id that an earlier call gave. */
  readonly args: Readonly<Record<string, unknown>> | ((ids: readonly string[]) => Record<string, unknown>);
}

/** What one table holds after these calls. */
export interface GoldenRow {
  /** `app/table`. */
  readonly table: string;
  /**
   * Rows that another device has to have stored before, for tables in which no tool makes rows. Without `create` the first of this
   * table is the one that `update` changes.
   */
  readonly stored?: readonly StoredRow[];
  /** The deleting tool that makes the row, as the operator names it: `lasts.delete` runs unasked then. */
  readonly unasked?: string;
  /** Calls that have to come first; the `id` of each answer goes into `ids`. */
  readonly before?: readonly GoldenCall[];
  /** The call that creates the row. Its own `id` comes last in `ids`. Absent where tools only change the table's rows. */
  readonly create?: GoldenCall;
  /**
   * The stored row, opened, without the members that every row has. A function gets the stored value and says whether it is
   * right: for ids, numbers and instants that are made at the call.
   */
  readonly row?: Readonly<Record<string, Expected>>;
  /** The id of the row, where the web app gives it a fixed one. */
  readonly id?: string;
  /** The call that changes the row. Absent where no tool does. */
  readonly update?: GoldenCall;
  /** The changed fields, opened, by their names or paths, without `updatedAt`. */
  readonly fields?: Readonly<Record<string, Expected>>;
}

/** A row of another device. */
export interface StoredRow {
  /** `app/table`. */
  readonly table: string;
  readonly id: string;
  /** In plaintext: readers take what is not sealed. A row of no space says `userId: "self"`. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** A value, or whether a value is right. */
export type Expected =
  | string
  | number
  | boolean
  | null
  | readonly unknown[]
  | object
  | ((value: unknown) => boolean);

/** UTC, ISO, with milliseconds. */
export const isInstant = (value: unknown): boolean =>
  typeof value === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value);

/** The id of another row. */
export const isId = (value: unknown): boolean => typeof value === "string" && /^[0-9a-f-]{36}$/.test(value);

/** A place in an order. */
export const isNumber = (value: unknown): boolean => typeof value === "number" && Number.isFinite(value);
