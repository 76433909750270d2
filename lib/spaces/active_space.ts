// The space in which a call works, and under which ids its rows are stored. Whether a row is the person's own is asked here.
/** The space in which one call works, after membership was checked (contract: auth-vault section 4). */
export interface ActiveSpace {
  /** The id that writes are stamped with. */
  readonly id: string;
  /** `unknown` where the auth service tells ids but no types. */
  readonly kind: "personal" | "shared" | "unknown";
  /** Whether listed fields are sealed on write: always, unless the space is known to be shared. */
  readonly sealed: boolean;
  /**
   * The ids under which rows of this space are stored; `""` stands for rows without a space id. The personal space is
   * known by its organization id, by `_personal:<user>` and by no id at all (contract: sync section 6).
   */
  readonly storedAs: ReadonlySet<string>;
}

/** The personal space's id where no organization is known (contract: sync section 6). */
export function personalSentinel(subject: string): string {
  return `_personal:${subject}`;
}

/** Whether a stored space id is a person's sentinel: the service shows such rows to their author only (sync section 6). */
export function isPersonalSentinel(storedAs: string): boolean {
  return storedAs.startsWith("_personal:");
}

/** Whether a record stored under this space id is the person's own: without a space id, or under their sentinel. */
export function isOwnRecord(storedAs: string): boolean {
  return storedAs === "" || isPersonalSentinel(storedAs);
}
