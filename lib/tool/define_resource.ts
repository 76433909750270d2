// Makes the records of a module MCP resources: the collection, and each record. Their addresses are resources/resource_uri.ts.

import { z } from "zod";
import { recordOutput, recordOutputOf } from "./record_schema.ts";
import { clipRecord } from "../records/clip_row.ts";
import type { ReadRecords } from "../records/records.ts";
import { REMARKS, type Shape, type Table } from "../records/define_table.ts";

/** Makes a table's records resources. Throws TypeError when `module` cannot be a part of an address. */
export function defineResource<S extends Shape, E extends keyof S & string>(
  { module, title, table, show, titles }: ResourceDefinition<S, E>,
): Resource {
  if (!MODULE.test(module) || module === REMARKS) {
    throw new TypeError(`Cannot define resource ${JSON.stringify(module)}: expected the name of a module`);
  }
  const { app, name, record, encrypted } = table;
  const fields = Object.freeze(show === undefined ? Object.keys(table.row.shape) : [...show]);
  // Only the declared fields leave, as from a tool.
  const output = z.looseObject({}).pipe(
    show === undefined ? recordOutput(table) : recordOutputOf(table, show),
  );
  return Object.freeze({
    module,
    title,
    table: Object.freeze({ app, name, record, fields, encrypted }),
    async list(records: ReadRecords): Promise<ResourceListing> {
      const { rows, hasMore, unreadable } = await records.list(table, show === undefined ? {} : { show });
      return { records: rows.map((row) => ({ ...output.parse(row) })), hasMore, unreadable };
    },
    async get(records: ReadRecords, id: string): Promise<Record<string, unknown>> {
      return clipRecord(output.parse(await records.get(table, id)));
    },
    async ids(records: ReadRecords, prefix: string, limit: number): Promise<ResourceIds> {
      const ids: string[] = [];
      // Counting opens nothing, and meets every live record of the space that the caller may see.
      const total = await records.count(table, ({ id }) => {
        if (!id.startsWith(prefix)) return false;
        ids.push(id);
        return true;
      });
      return { ids: ids.sort().slice(0, limit), total };
    },
    ...(titles === undefined ? {} : { titles }),
  });
}

/** What the author of a module writes to make its records MCP resources; see docs/authoring-tools.md. */
export interface ResourceDefinition<S extends Shape, E extends keyof S & string> {
  /** The module whose `read` scope it takes; the third part of the address. */
  readonly module: string;
  /** What the collection is called, for people. */
  readonly title: string;
  readonly table: Table<S, E>;
  /** The fields that leave, all of the table's by default: as few as the module's tools show. */
  readonly show?: readonly (keyof S & string)[];
  /** See {@link Resource.titles}. */
  readonly titles?: (records: ReadRecords, begin: string, limit: number) => Promise<readonly string[]>;
}

/** Records of one module as resources: the collection, and each record. */
export interface Resource {
  readonly module: string;
  readonly title: string;
  readonly table: {
    readonly app: string;
    readonly name: string;
    readonly record: string;
    /** The record's own fields, and those of them that are sealed in a personal space. */
    readonly fields: readonly string[];
    readonly encrypted: readonly string[];
  };
  /** Every live record, newest first, as many as fit into a result; long texts are clipped. Throws as `records.list`. */
  list(records: ReadRecords): Promise<ResourceListing>;
  /** One live record, long texts clipped as in a listing. Throws Refused `record-not-found`. */
  get(records: ReadRecords, id: string): Promise<Record<string, unknown>>;
  /** Ids that start with `prefix`, in order, at most `limit`, and how many there are. Opens no field. */
  ids(records: ReadRecords, prefix: string, limit: number): Promise<ResourceIds>;
  /**
   * Titles that begin as `begin` does, as a person reads them, at most `limit`. Absent where none are offered. Opens titles: the
   * call is charged and noted.
   */
  readonly titles?: (records: ReadRecords, begin: string, limit: number) => Promise<readonly string[]>;
}

/** A collection. */
export interface ResourceListing {
  readonly records: readonly Record<string, unknown>[];
  /** Whether there are more than fit. */
  readonly hasMore: boolean;
  /** How many of `records` have a field that cannot be read. */
  readonly unreadable: number;
}

/** Ids of a collection. */
export interface ResourceIds {
  readonly ids: readonly string[];
  readonly total: number;
}

const MODULE = /^[a-z][a-zA-Z0-9]*$/;
