// Tests stored values by the operators of a document. What cannot be compared does not pass: a value that another writer stored in
// another form must not open a record.
import type { LiveRecord } from "../changes/live_records.ts";
import { boundOf, isFrom } from "./bound.ts";
import type { FieldTest } from "./grant_document.ts";
import type { ZoneDay } from "./zone_day.ts";

/** Whether a stored value passes. */
export type ValueTest = (value: unknown) => boolean;

/** What tests a field of the record itself, on a day. An absent or null value passes `none` alone. */
export function valueTest(test: FieldTest, today: ZoneDay): ValueTest {
  switch (test.op) {
    case "eq":
      return (value) => value === test.value;
    case "in": {
      const values = new Set<unknown>(test.value);
      return (value) => values.has(value);
    }
    case "any": {
      const values = new Set<unknown>(test.value);
      return (value) => Array.isArray(value) && value.some((member) => values.has(member));
    }
    case "none": {
      const values = new Set<unknown>(test.value);
      return (value) => {
        if (value === undefined || value === null) return true;
        if (Array.isArray(value)) return !value.some((member) => values.has(member));
        return typeof value !== "object" && !values.has(value);
      };
    }
    case "gte":
    case "lt": {
      const bound = boundOf(test.value, today);
      const wanted = test.op === "gte";
      return (value) => isFrom(bound, value) === wanted;
    }
  }
}

/** The same for a field of a linked record, whose `any` also takes a single value: a row that joins a record and a tag has one tag. */
export function linkedValueTest(test: FieldTest, today: ZoneDay): ValueTest {
  const passes = valueTest(test, today);
  return test.op === "any" ? (value) => passes(Array.isArray(value) ? value : [value]) : passes;
}

/** The value of a field as it is stored; of `createdAt` and `updatedAt` as every record shows them. */
export function storedValue(record: LiveRecord, field: string): unknown {
  if (field === "createdAt") return record.createdAt;
  if (field === "updatedAt") return record.updatedAt();
  return record.cell(field)?.value;
}
