// What an app may see and change of a person's records, beyond its scopes: the document of its grant, read once, and counted from the
// day that it is now. Everything that shows a record to an app asks here. Architecture: "Grants on data".
import { createHash } from "node:crypto";
import type { FoldedTable } from "../changes/folded/folded_table.ts";
import type { LiveRecord } from "../changes/live_records.ts";
import { createBoundedCache } from "../kit/bounded_cache.ts";
import type { Clock } from "../kit/clock.ts";
import { Refused } from "../kit/errors.ts";
import type { ConnectedClient } from "../people/principal.ts";
import { type Admission, type AdmissionDeps, createAdmission } from "./admission.ts";
import { type GrantDocument, parseGrantDocument, type TableColumns } from "./grant_document.ts";
import { type CollectionRule, createGrantRules, type GrantRules } from "./grant_rules.ts";
import { createKeptValues } from "./kept_values.ts";
import type { AdmissionPlace } from "./linked_ids.ts";
import { type ZoneDay, zoneDayAt } from "./zone_day.ts";

/** What grants let through. */
export interface RecordGrants {
  /**
   * What the caller's grant lets through now; null for a caller whom scopes alone rule: the person's own token, and an app whose grant
   * has no document. To be asked once in a call, or midnight could fall between two of its questions.
   */
  of(principal: { readonly client: Pick<ConnectedClient, "recordsDocument"> | null }): RecordGrant | null;
}

/** Dependencies of {@link createRecordGrants}. */
export interface RecordGrantsDeps {
  readonly clock: Pick<Clock, "calendar">;
  /** The tables of the Mana apps; asked for when the first document is read. */
  readonly columns: () => TableColumns;
}

/** Creates it, with no document read. */
export function createRecordGrants({ clock, columns }: RecordGrantsDeps): RecordGrants {
  const documents = createBoundedCache<DatedDocument>(MAX_DOCUMENTS);
  const kept = {
    ids: createKeptValues<ReadonlySet<string>>(),
    lists: createKeptValues<readonly LiveRecord[]>(),
  };
  return Object.freeze({
    of({ client }: Parameters<RecordGrants["of"]>[0]): RecordGrant | null {
      const text = client?.recordsDocument;
      if (text === undefined) return null;
      let document = documents.get(text);
      if (document === undefined) {
        document = new DatedDocument(text, parseGrantDocument(text, columns()), kept);
        documents.set(text, document);
      }
      return document.at(clock.calendar());
    },
  });
}

/** Documents that were read: a person's apps rarely have the same. */
const MAX_DOCUMENTS = 2_000;

/** Reads a table as of now. */
export type ReadTable = (table: { readonly app: string; readonly name: string }) => Promise<FoldedTable>;

/** What one grant lets through on one day. */
export class RecordGrant {
  /** Names the document and the day: for the keys of what is kept of what it lets through. */
  readonly key: string;
  /** Whether the document cannot be read, so that nothing is shown. */
  readonly isUnreadable: boolean;
  readonly #rules: GrantRules;
  readonly #deps: AdmissionDeps;

  constructor(key: string, document: GrantDocument | null, rules: GrantRules, kept: KeptForAll) {
    this.key = key;
    this.isUnreadable = document === null;
    this.#rules = rules;
    this.#deps = { key, rules, ...kept };
  }

  /** Throws Refused `grant-unreadable` for a document that cannot be read. */
  demandReadable(): void {
    if (this.isUnreadable) throw new Refused({ reason: "grant-unreadable" });
  }

  /** The rule of a collection (`app/table`). */
  ruleOf(collection: string): CollectionRule {
    return this.#rules.ruleOf(collection);
  }

  /** The rules that look at records of a collection by a link, each with the link. */
  rulesVia(collection: string): ReturnType<GrantRules["rulesVia"]> {
    return this.#rules.rulesVia(collection);
  }

  /** The fields of a collection (`app/table`) that are shown besides `id`, `createdAt` and `updatedAt`; null for all of them. */
  readableFields(collection: string): ReadonlySet<string> | null {
    const { fields, isClosed } = this.#rules.ruleOf(collection);
    return isClosed ? NO_FIELDS : fields;
  }

  /**
   * Which records of a table are let through, the tables that decide it being read first; null where all are. To be used before
   * the next await, as a folded table is. Throws what `read` throws: what cannot be decided is not shown.
   */
  async admission(
    place: AdmissionPlace,
    { app, name }: { readonly app: string; readonly name: string },
    read: ReadTable,
  ): Promise<Admission | null> {
    const rule = this.#rules.ruleOf(`${app}/${name}`);
    if (rule.isOpen) return null;
    const tables = await Promise.all(
      [...rule.decidedBy].map(async (collection) => [collection, await read(tableOf(collection))] as const),
    );
    return createAdmission(this.#deps, place, rule, new Map(tables));
  }

  /** The same with tables that are there already. */
  admissionBy(
    place: AdmissionPlace,
    collection: string,
    tables: ReadonlyMap<string, FoldedTable>,
  ): Admission | null {
    const rule = this.#rules.ruleOf(collection);
    return rule.isOpen ? null : createAdmission(this.#deps, place, rule, tables);
  }
}

type KeptForAll = Pick<AdmissionDeps, "ids" | "lists">;

const NO_FIELDS: ReadonlySet<string> = new Set();

/** A document with its rules for the day that it is. */
class DatedDocument {
  readonly #hash: string;
  readonly #document: GrantDocument | null;
  readonly #kept: KeptForAll;
  #today: ZoneDay | null = null;
  #grant: RecordGrant | null = null;
  #over: RecordGrant | null = null;

  constructor(text: string, document: GrantDocument | null, kept: KeptForAll) {
    this.#hash = createHash("sha256").update(text).digest("hex");
    this.#document = document;
    this.#kept = kept;
  }

  /** What is let through at an instant, milliseconds since 1970. */
  at(ms: number): RecordGrant {
    const document = this.#document;
    const { until = null, tz = "UTC" } = document ?? {};
    if (until !== null && ms >= until * 1000) {
      return this.#over ??= this.#grantOf("over", { ...document, tz, until, rules: [] }, zoneDayAt(ms, tz));
    }
    if (this.#grant === null || this.#today === null || ms < this.#today.from || ms >= this.#today.until) {
      this.#today = zoneDayAt(ms, tz);
      this.#grant = this.#grantOf(this.#today.day, document, this.#today);
    }
    return this.#grant;
  }

  #grantOf(day: string, document: GrantDocument | null, today: ZoneDay): RecordGrant {
    return new RecordGrant(`${this.#hash} ${day}`, document, createGrantRules(document, today), this.#kept);
  }
}

/** A table by its name. */
export function tableOf(collection: string): { readonly app: string; readonly name: string } {
  const [app = "", name = ""] = collection.split("/");
  return { app, name };
}
