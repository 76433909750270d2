// What pages call the tables in which tools write: a word for one record, the fields in their order, the module. All of it comes from
// the modules; a table that no module writes is called after its name on the wire.
import type { Module, WrittenTable } from "../tool/define_module.ts";

/** What pages call tables. */
export interface TableNames {
  /** Never throws: any app and table may stand in the change log. */
  of(app: string, table: string): TableName;
  /** The tables in which the module's tools write; none for an unknown module. */
  writtenBy(module: string): readonly WrittenTable[];
  /** The tables in which any module's tools write, each once. */
  readonly all: readonly WrittenTable[];
}

/** What pages call one table. */
export interface TableName {
  readonly app: string;
  readonly table: string;
  /** What one record is called: `note`. */
  readonly record: string;
  /** Whether its records go with others: a log, a row that joins two. */
  readonly isPart: boolean;
  /** The fields that tools know, in the order in which records show them; empty where no module writes the table. */
  readonly fields: readonly string[];
  /** The module whose own table it is; null where several modules write into the table, or none. */
  readonly module: string | null;
}

/** Starts with nothing: the names are made when they are first asked for. */
export function createTableNames(modules: readonly Module[]): TableNames {
  let made: Made | undefined;
  const names = () => made ??= makeNames(modules);
  return Object.freeze({
    of: (app: string, table: string) => names().byTable.get(`${app}/${table}`) ?? unknownTable(app, table),
    writtenBy: (module: string) => modules.find(({ name }) => name === module)?.writes ?? [],
    get all() {
      return names().all;
    },
  });
}

interface Made {
  readonly byTable: ReadonlyMap<string, TableName>;
  readonly all: readonly WrittenTable[];
}

function makeNames(modules: readonly Module[]): Made {
  const tables = new Map<string, { readonly table: WrittenTable; readonly writers: string[] }>();
  for (const { name, writes = [] } of modules) {
    for (const table of writes) {
      const key = `${table.app}/${table.name}`;
      const known = tables.get(key);
      if (known === undefined) tables.set(key, { table, writers: [name] });
      else known.writers.push(name);
    }
  }
  const byTable = new Map<string, TableName>();
  for (const [key, { table: { app, name, record, isPart, row }, writers }] of tables) {
    // A module bears its app's name; only a few apps are called otherwise, and those have one writer.
    const own = writers.find((writer) => writer === app) ?? (writers.length === 1 ? writers[0] : undefined);
    byTable.set(key, {
      app,
      table: name,
      record,
      isPart,
      fields: Object.keys(row.shape),
      module: own ?? null,
    });
  }
  return { byTable, all: [...tables.values()].map(({ table }) => table) };
}

/** Apps name their tables in camel case and in the plural. */
function unknownTable(app: string, table: string): TableName {
  const words = fieldWords(table);
  const record = words.replace(/ies$/, "y").replace(/([^s])s$/, "$1");
  return { app, table, record: record === "" ? "record" : record, isPart: false, fields: [], module: null };
}

/** A name in camel case as words: `dueDate` as `due date`. A path keeps its dots. */
export function fieldWords(name: string): string {
  return name.replace(
    /([\p{Ll}\d])(\p{Lu})/gu,
    (_, before: string, after: string) => `${before} ${after.toLowerCase()}`,
  );
}
