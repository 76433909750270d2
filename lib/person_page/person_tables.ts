// The live records of a person over all their spaces, as their page counts and lists them. Nothing is opened here.
import type { ChangeCache } from "../changes/change_cache.ts";
import type { FoldedTable } from "../changes/folded/folded_table.ts";
import { type LiveRecord, liveRecords } from "../changes/live_records.ts";
import { isVisible } from "../grants/is_visible.ts";
import { readTables } from "../history/reading/read_tables.ts";
import { createToldSpaces } from "../history/told_spaces.ts";
import type { Clock } from "../kit/clock.ts";
import type { ActiveSpace } from "../spaces/active_space.ts";
import type { Spaces } from "../spaces/spaces.ts";
import type { PersonCall } from "./person_action.ts";

/** What {@link PersonTables} reads with. */
export interface PersonTablesDeps {
  readonly changes: Pick<ChangeCache, "read">;
  readonly spaces: Pick<Spaces, "resolve">;
  readonly clock: Pick<Clock, "after">;
}

/** The tables of one person, for one request. A class, since one is made per request. */
export class PersonTables {
  /** The person's spaces, or those of them that were asked about. */
  readonly spaces: readonly ActiveSpace[];
  readonly #deps: PersonTablesDeps;
  readonly #call: PersonCall;
  readonly #membershipVersion: string;
  readonly #folded = new Map<string, FoldedTable>();

  private constructor(
    deps: PersonTablesDeps,
    call: PersonCall,
    membershipVersion: string,
    spaces: readonly ActiveSpace[],
  ) {
    this.#deps = deps;
    this.#call = call;
    this.#membershipVersion = membershipVersion;
    this.spaces = spaces;
  }

  /** Finds the person's spaces; `within` names some of them, null all. Throws what `Spaces.resolve` throws. */
  static async of(
    deps: PersonTablesDeps,
    call: PersonCall,
    within: readonly string[] | null,
  ): Promise<PersonTables> {
    const { caller } = call;
    const { directory, membershipVersion } = await deps.spaces.resolve(caller, null);
    const told = createToldSpaces(directory, caller.principal.subject);
    const all = new Set([told.spaceOf(""), ...directory.spaces.map(({ id }) => told.spaceOf(id))]);
    const asked = within === null ? null : new Set(within.map((id) => told.spaceOf(id)));
    const spaces = [...all].filter((space) => asked === null || asked.has(space));
    return new PersonTables(deps, call, membershipVersion, spaces);
  }

  /** Pulls these tables, a few at a time. Resolves to those that could not be read; throws as `readTables` does. */
  async read(collections: readonly string[]): Promise<ReadonlySet<string>> {
    const { caller, signal: ended } = this.#call;
    const asked = [...new Set(collections)];
    const missing = await readTables(this.#deps.clock, asked, ended, async (collection, signal) => {
      const [app = "", name = ""] = collection.split("/");
      const reader = { caller, membershipVersion: this.#membershipVersion, signal };
      this.#folded.set(collection, await this.#deps.changes.read(reader, app, name));
    });
    return new Set(missing);
  }

  /** The folded table; undefined where it could not be read. */
  folded(collection: string): FoldedTable | undefined {
    return this.#folded.get(collection);
  }

  /** The live records of a space that the person may see. To be called before anything more is awaited. */
  liveIn(space: ActiveSpace, collection: string): readonly LiveRecord[] {
    const folded = this.#folded.get(collection);
    if (folded === undefined) return [];
    const { subject } = this.#call.caller.principal;
    return liveRecords(folded, space).filter((record) => isVisible(record, space, subject, null));
  }
}
