// What the records of one call are told of, so that a budget can end a page before anything is opened, and so that the ledger and
// the labels of a result know what the tool was really handed. Kept by lib/disclosure/; told by lib/records/.

/**
 * One call's account of the records that it opens. Only tables with sealed fields are told, so a call without such a table makes none.
 * Every row that {@link mayOpen} has counted is handed out or passed over before the call asks for more.
 */
export interface CallDisclosure {
  /**
   * How many of these rows may be opened to be handed out, from the first on. 0: the listing ends here. A promise where the counts of
   * another process have to be read first.
   */
  mayOpen(table: DisclosedTable, rows: readonly DisclosedRow[]): number | Promise<number>;
  /** Throws Refused `disclosure-budget` for a call that may open nothing more, and has nothing to show. */
  refuse(): Promise<never>;
  /** A row goes to the tool as `shown`. `part`: a field that is shown in part, beside the members of `shown`. */
  handOut(table: DisclosedTable, row: DisclosedRow, shown: ShownRecord, part?: string): void;
  /** A row of a table without sealed fields goes to the tool, into which an app with texts of others wrote. It counts for nothing else. */
  handOutRelayed(table: DisclosedTable, id: string): void;
  /** A row was opened, and is not handed out. */
  passOver(table: DisclosedTable, row: DisclosedRow): void;
  /** Texts are about to be searched. Throws Refused `disclosure-budget` where the searches of the hour are used up. */
  search(table: DisclosedTable): void | Promise<void>;
  /**
   * Rows are about to be opened to be looked at. `toTool`: the tool sees each of them, for a sum or a choice; those of which its
   * result names the id were handed out. Throws Refused `disclosure-budget` where too many were looked at in this hour.
   */
  look(table: DisclosedTable, rows: readonly DisclosedRow[], toTool: boolean): void | Promise<void>;
}

/** A table as an account of records names it. */
export interface DisclosedTable {
  readonly app: string;
  readonly name: string;
  /** What one record is called. */
  readonly record: string;
  /** The sealed fields that the tool can be shown. */
  readonly encrypted: readonly string[];
  /** The fields that the tool can be shown. */
  readonly row: { readonly shape: object };
  /** The id of the space, where it is not the call's. */
  readonly space?: string;
}

/** A row that may be opened. */
export interface DisclosedRow {
  readonly row: { readonly id: string };
  /** Whether another member of the space wrote it, as far as it says. */
  readonly isByOther: boolean;
  /** The agents that wrote into it at any time, by their own word (changes/folded/agents.ts); null or absent for none. */
  readonly agents?: readonly string[] | null;
}

/** A record as a tool sees it. */
export interface ShownRecord {
  readonly id: string;
}
