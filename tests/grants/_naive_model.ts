// What a grant's document admits, as somebody says it who has read what a document means and nothing of lib/grants. Slow and short, so
// that it can be read: the gateway's own checks are held against it.

/** A record as the person sees it: its stored fields, sealed ones closed. */
export interface NaiveRow {
  /** `app/table`. */
  readonly collection: string;
  readonly id: string;
  /** Where it lies: the id of a shared space, or `personal`. */
  readonly space: string;
  /** With `createdAt` and `updatedAt`. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** One condition of a rule. */
export interface NaiveCondition {
  readonly via?: string;
  readonly on?: string;
  readonly key?: string;
  readonly field: string;
  readonly op: string;
  readonly value: unknown;
}

/** One rule of a document. */
export interface NaiveRule {
  readonly collection: string;
  readonly access: readonly string[];
  readonly spaces?: readonly string[];
  readonly where?: readonly NaiveCondition[];
  readonly fields?: readonly string[];
  readonly blind?: boolean;
}

/** A document. */
export interface NaiveGrant {
  readonly type: "mana_records";
  readonly v: 1;
  readonly tz: string;
  readonly until: number | null;
  readonly rules: readonly NaiveRule[];
}

/** Records that go with another one: which field names it, in which tables it may be, and which of the records go with it. */
export interface PartOf {
  readonly on: string;
  readonly parents: readonly string[];
  readonly where?: { readonly field: string; readonly value: string };
}

/** By the table of the parts. */
export type Parents = Readonly<Record<string, readonly PartOf[]>>;

/** The rule that a collection stands under. */
export function ruleOf({ rules }: NaiveGrant, collection: string): NaiveRule | undefined {
  return rules.find((rule) => rule.collection === collection) ??
    rules.find((rule) => rule.collection === "*");
}

/** The fields of `all` that may be read. */
export function readableOf(grant: NaiveGrant, collection: string, all: readonly string[]): readonly string[] {
  const rule = ruleOf(grant, collection);
  return all.filter((field) => rule !== undefined && (rule.fields ?? all).includes(field));
}

/** Whether a record of the person is there for the app at all. `rows` are all live records that the person sees. */
export function isAdmitted(
  grant: NaiveGrant,
  rows: readonly NaiveRow[],
  parents: Parents,
  row: NaiveRow,
  now: number,
): boolean {
  const rule = ruleOf(grant, row.collection);
  if (rule === undefined || !rule.access.includes("read") || isOver(grant, now)) return false;
  if (rule.spaces !== undefined && !rule.spaces.includes(row.space)) return false;
  return goesWithShown(grant, rows, parents, row, now) &&
    (rule.where ?? []).every((condition) => passes(grant, rows, row, condition, now));
}

/** Whether the time of a grant is over. */
export function isOver({ until }: NaiveGrant, now: number): boolean {
  return until !== null && now >= until * 1000;
}

/** Whether a record goes with records that are shown; one that goes with no other does. */
export function goesWithShown(
  grant: NaiveGrant,
  rows: readonly NaiveRow[],
  parents: Parents,
  row: NaiveRow,
  now: number,
): boolean {
  return (parents[row.collection] ?? []).every(({ on, parents: tables, where }) =>
    (where !== undefined && row.fields[where.field] !== where.value) ||
    tables.every((table) => isWhole(grant, parents, table)) ||
    rows.some((one) =>
      tables.includes(one.collection) && one.id === row.fields[on] && one.space === row.space &&
      isAdmitted(grant, rows, parents, one, now)
    )
  );
}

/** Whether a record is part of another one, or part of a part of it. */
export function isPartOf(
  rows: readonly NaiveRow[],
  parents: Parents,
  row: NaiveRow,
  whole: NaiveRow,
): boolean {
  return (parents[row.collection] ?? []).some(({ on, parents: tables, where }) =>
    (where === undefined || row.fields[where.field] === where.value) &&
    rows.some((one) =>
      tables.includes(one.collection) && one.id === row.fields[on] && one.space === row.space &&
      (one === whole || isPartOf(rows, parents, one, whole))
    )
  );
}

/** Whether a table is shown whatever its records hold: then it decides about no part, a lost one neither. */
function isWhole(grant: NaiveGrant, parents: Parents, collection: string): boolean {
  const rule = ruleOf(grant, collection);
  return rule?.access.includes("read") === true && rule.spaces === undefined &&
    (rule.where ?? []).length === 0 &&
    (parents[collection] ?? []).every(({ parents: tables }) =>
      tables.every((one) => isWhole(grant, parents, one))
    );
}

function passes(
  { tz }: NaiveGrant,
  rows: readonly NaiveRow[],
  row: NaiveRow,
  { via, on, key, field, op, value }: NaiveCondition,
  now: number,
): boolean {
  const isLinked = (one: NaiveRow) =>
    one.collection === via && one.space === row.space &&
    (key === undefined ? one.fields[on ?? ""] === row.id : one.id === row.fields[key]);
  const found = via === undefined ? [row] : rows.filter(isLinked);
  const wanted = Array.isArray(value) ? value : [value];
  const shares = (stored: unknown) =>
    Array.isArray(stored) ? stored.some((one) => wanted.includes(one)) : wanted.includes(stored);
  if (op === "none") return found.every((one) => !shares(one.fields[field]));
  return found.some(({ fields: { [field]: stored } }) => {
    if (stored === undefined || stored === null) return false;
    if (op === "eq" || op === "in") return !Array.isArray(stored) && wanted.includes(stored);
    if (op === "any") return Array.isArray(stored) ? shares(stored) : wanted.includes(stored);
    const [one, other] = comparable(stored, value, tz, now);
    return one !== undefined && other !== undefined && (op === "gte" ? one >= other : one < other);
  });
}

/** A stored value and the bound of a condition as numbers; undefined where they cannot be held against each other. */
function comparable(stored: unknown, bound: unknown, tz: string, now: number): (number | undefined)[] {
  if (typeof stored === "number" && typeof bound === "number") return [stored, bound];
  if (typeof stored !== "string" || typeof bound !== "string") return [];
  const day = boundDay(bound, tz, now);
  if (/^\d{4}-\d\d-\d\d$/.test(stored)) {
    return day === null ? [] : [Date.parse(stored), Date.parse(String(day))];
  }
  return [Date.parse(stored), day === null ? Date.parse(bound) : day.toZonedDateTime(tz).epochMilliseconds];
}

/** The day of a bound: as it stands there, or so long before the local day of now. */
function boundDay(bound: string, tz: string, now: number): Temporal.PlainDate | null {
  if (/^\d{4}-\d\d-\d\d$/.test(bound)) return Temporal.PlainDate.from(bound);
  const back = /^-?(P\d+[DWMY])$/.exec(bound)?.[1];
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(tz).toPlainDate();
  return back === undefined ? null : today.subtract(back);
}
