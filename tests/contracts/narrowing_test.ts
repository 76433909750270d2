/** tools/narrowing.ts against tools/tables.json: what a person can narrow a module by exists, and what a condition looks at is never sealed. */
import assert from "node:assert/strict";
import type { ModuleNarrowing } from "../../lib/tool/tables/narrowing.ts";
import { tableColumns } from "../../lib/tool/tables/table_columns.ts";
import { GRANTABLE } from "../../sign_in/oauth/grants/grantable_modules.ts";
import { MODULES } from "../../tools/modules.ts";
import { NARROWING } from "../../tools/narrowing.ts";

const COLUMNS = tableColumns();
const NAMES = [...COLUMNS.keys()];
const ALL: readonly [string, ModuleNarrowing][] = Object.entries(NARROWING).flatMap(([name, narrowing]) =>
  narrowing === undefined ? [] : [[name, narrowing]]
);
const BLOCKS = "timeblocks/timeBlocks";
const isOwn = ({ collection }: ModuleNarrowing, table: string) =>
  table.split("/")[0] === collection.split("/")[0];
/** Whether a field is sealed; undefined: there is no such field. */
const seal = (table: string, field: string) => COLUMNS.get(table)?.get(field)?.isSealed;

Deno.test("every module of a table of the Mana apps can be narrowed, and no other", () => {
  const none = ["spaces", "day", "links", "articles", "places"];
  assert.deepEqual(
    MODULES.map(({ name }) => name).filter((name) => NARROWING[name] === undefined),
    none,
  );
  assert.deepEqual(
    ALL.map(([name]) => name).filter((name) => !MODULES.some((module) => module.name === name)),
    [],
  );
});

Deno.test("a module's tables are there: its collection, what it writes, and what its resource shows", () => {
  for (const [name, { collection, tables }] of ALL) {
    const module = MODULES.find((one) => one.name === name);
    const used = [
      collection,
      ...(module?.writes ?? []).map(({ app, name }) => `${app}/${name}`),
      ...(module?.resource === undefined
        ? []
        : [`${module.resource.table.app}/${module.resource.table.name}`]),
    ];
    const named: readonly string[] = tables;
    assert.deepEqual(used.filter((table) => !named.includes(table)), [], name);
    assert.deepEqual(named.filter((table) => !NAMES.includes(table)), [], name);
    assert.equal(new Set(named).size, named.length, name);
  }
});

Deno.test("no table is the own one of two modules", () => {
  const owners = ALL.flatMap(([name, narrowing]) =>
    narrowing.tables.filter((table) => isOwn(narrowing, table)).map((table) => [table, name] as const)
  );
  assert.equal(new Set(owners.map(([table]) => table)).size, owners.length);
  assert.ok(!owners.some(([table]) => table === BLOCKS));
});

Deno.test("what a condition looks at is plaintext: it is checked before anything is opened", () => {
  for (const [name, { collection, tables, since, alsoSince = {}, tags }] of ALL) {
    for (const place of [since, tags].filter((one) => one !== undefined)) {
      const { via = collection, on, key, field } = place;
      assert.equal(seal(via, field), false, name);
      if (on !== undefined) assert.equal(seal(via, on), false, name);
      if (key !== undefined) assert.equal(seal(collection, key), false, name);
      assert.ok(tables.includes(via), name);
    }
    for (const [table, field = ""] of Object.entries(alsoSince)) {
      assert.equal(seal(table, field), false, name);
      assert.ok(table !== collection && tables.some((one) => one === table), name);
    }
  }
});

Deno.test("a choice of fields names every table with texts, exists, keeps something back, and has a word of its own", () => {
  for (const [name, narrowing] of ALL) {
    const { fieldChoices, tables } = narrowing;
    assert.equal(new Set(fieldChoices.map((choice) => choice.name)).size, fieldChoices.length, name);
    for (const { name: word, label, fields } of fieldChoices) {
      const where = `${name}, ${word}`;
      assert.match(word, /^[a-z]{1,20}$/, where);
      assert.match(label, /^[a-z]/, where);
      assert.doesNotMatch(label, /[.:;]/, where);
      for (const [table, own = []] of Object.entries(fields)) {
        assert.ok(tables.some((one) => one === table), `${where}: ${table}`);
        assert.ok(own.length > 0, `${where}: ${table}`);
        for (const field of own) {
          assert.notEqual(seal(table, field), undefined, `${where}: ${table}.${field}`);
        }
      }
      const concerned = tables.filter((table) => isOwn(narrowing, table) || table === BLOCKS);
      for (const table of concerned) {
        const hasSealed = [...COLUMNS.get(table)?.values() ?? []].some(({ isSealed }) => isSealed);
        assert.ok(!hasSealed || fields[table] !== undefined, `${where} leaves ${table} open`);
      }
      assert.deepEqual(
        Object.keys(fields).filter((table) => !concerned.some((one) => one === table)),
        [],
        where,
      );
      const isWithheld = concerned.some((table) =>
        fields[table] !== undefined && fields[table].length < (COLUMNS.get(table)?.size ?? 0)
      );
      assert.ok(isWithheld, `${where} keeps nothing back`);
    }
  }
});

Deno.test("the sign-in server knows the same, field by field", () => {
  const known = GRANTABLE.modules.map(({ name, narrowing }) => [name, narrowing]);
  assert.deepEqual(known, MODULES.map(({ name }) => [name, NARROWING[name]]));
});
