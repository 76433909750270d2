/** tools/tables.json against a copy of the contract, modules.json, and what a tool gets out of it. */
import assert from "node:assert/strict";
import { z } from "zod";
import { SPACE_TYPES } from "../../lib/spaces/choose_space.ts";
import { RESERVED } from "../../lib/records/define_table.ts";
import { type AppTableName, choices, defineAppTable } from "../../lib/tool/tables/app_table.ts";
import { isSealed } from "../../lib/sealing/cipher.ts";
import TABLES from "../../tools/tables.json" with { type: "json" };
import CONTRACT from "./modules.json" with { type: "json" };
import { createHarness, insert, shared } from "../records/_harness.ts";
import { MODULES } from "../../tools/modules.ts";

const Contract = z.object({
  rules: z.array(z.object({ title: z.string(), text: z.string() })),
  modules: z.array(z.object({
    appId: z.string(),
    spaceTypes: z.array(z.enum(SPACE_TYPES)).nullable(),
    tables: z.array(z.object({
      name: z.string(),
      userLevel: z.boolean(),
      softDelete: z.string(),
      orderBy: z.string(),
      visibilityDefault: z.string().optional(),
      encryptedFields: z.array(z.string()),
      fields: z.array(z.looseObject({
        name: z.string(),
        type: z.string(),
        optional: z.boolean(),
        nullable: z.boolean(),
        encrypted: z.boolean(),
        plainObject: z.boolean().default(false),
        plainArray: z.boolean().default(false),
        default: z.unknown().optional(),
      })),
    })),
  })),
});
const Ours = z.record(
  z.string(),
  z.strictObject({
    spaceTypes: z.array(z.string()).nullable(),
    tables: z.record(
      z.string(),
      z.strictObject({
        orderBy: z.string(),
        userLevel: z.literal(true).optional(),
        plainTextsOccur: z.literal(true).optional(),
        softDelete: z.literal(false).optional(),
        visibilityDefault: z.string().optional(),
        fields: z.record(
          z.string(),
          z.record(
            z.string(),
            z.strictObject({
              optional: z.literal(true).optional(),
              nullable: z.literal(true).optional(),
              sealed: z.literal(true).optional(),
              plainObject: z.literal(true).optional(),
              plainArray: z.literal(true).optional(),
              default: z.unknown().optional(),
              computed: z.string().optional(),
            }),
          ),
        ),
      }),
    ),
  }),
);
const { modules, rules } = Contract.parse(CONTRACT);
/** The tables that the rule on plaintext names. */
const PLAIN_TEXTS = rules.find(({ title }) => title === "Plain text in sealed fields")?.text ?? "";
const ours = Ours.parse(TABLES);

/** Every field of every table, `app/table.field`, with all that is known of it, and the tables and the modules likewise. */
function contractFacts(): Map<string, unknown> {
  const facts = new Map<string, unknown>();
  for (const { appId, spaceTypes, tables } of modules) {
    facts.set(appId, { spaceTypes });
    for (const table of tables) {
      const { name, orderBy, userLevel, softDelete, visibilityDefault } = table;
      const plainTextsOccur = new RegExp(`\\b${name}\\b`).test(PLAIN_TEXTS);
      facts.set(`${appId}/${name}`, {
        orderBy,
        userLevel,
        plainTextsOccur,
        visibilityDefault,
        softDelete: softDelete === "deletedAt",
      });
      for (const { name: field, type, optional, nullable, encrypted, ...rest } of table.fields) {
        facts.set(`${appId}/${name}.${field}`, {
          type,
          optional,
          nullable,
          sealed: encrypted,
          plainObject: rest.plainObject,
          plainArray: rest.plainArray,
          ...("default" in rest ? { default: rest.default } : {}),
        });
      }
      const sealed = table.fields.filter(({ encrypted }) => encrypted).map(({ name }) => name);
      assert.deepEqual(sealed.sort(), [...table.encryptedFields].sort(), `${appId}/${name}`);
    }
  }
  return facts;
}

function ourFacts(): Map<string, unknown> {
  const facts = new Map<string, unknown>();
  for (const [app, { spaceTypes, tables }] of Object.entries(ours)) {
    facts.set(app, { spaceTypes });
    for (
      const [name, { orderBy, userLevel, softDelete, visibilityDefault, fields, ...rest }] of entries(tables)
    ) {
      facts.set(`${app}/${name}`, {
        orderBy,
        userLevel: userLevel ?? false,
        plainTextsOccur: rest.plainTextsOccur ?? false,
        visibilityDefault,
        softDelete: softDelete ?? true,
      });
      for (const [field, types] of entries(fields)) {
        const [[type, flags] = assert.fail(field), ...others] = Object.entries(types);
        assert.equal(others.length, 0, field);
        assert.ok(!("default" in flags && "computed" in flags), field);
        facts.set(`${app}/${name}.${field}`, {
          type,
          optional: flags.optional ?? false,
          nullable: flags.nullable ?? type.endsWith("| null"),
          sealed: flags.sealed ?? false,
          plainObject: flags.plainObject ?? false,
          plainArray: flags.plainArray ?? false,
          ...("default" in flags ? { default: flags.default } : {}),
          ...("computed" in flags ? { default: flags.computed } : {}),
        });
      }
    }
  }
  return facts;
}

function entries<T>(object: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(object);
}

/** Every table with the fields that are its own. */
function everyTable(): { name: AppTableName; app: string; table: string; fields: string[] }[] {
  return entries(ours).flatMap(([app, { tables }]) =>
    entries(tables).map(([table, { fields }]) => {
      const name = `${app}/${table}`;
      if (!isTableName(name)) assert.fail(name);
      return { name, app, table, fields: Object.keys(fields).filter((field) => !RESERVED.includes(field)) };
    })
  );
}

function isTableName(name: string): name is AppTableName {
  const [app = "", table = ""] = name.split("/");
  return ours[app]?.tables[table] !== undefined;
}

/** A table by names that only the test's data know. */
function tableOf(name: AppTableName, fields: readonly string[]) {
  return defineAppTable<AppTableName, never>(name, { record: "record", fields: fields.filter(isField) });
}

function isField(_name: string): _name is never {
  return true;
}

Deno.test("tools/tables.json says of every module, table and field what the contract says, and nothing else", () => {
  const contract = contractFacts();
  assert.deepEqual(ourFacts(), contract);
  const names = [...contract.keys()];
  assert.deepEqual(
    [
      names.filter((name) => !name.includes("/")).length,
      names.filter((name) => name.includes("/") && !name.includes(".")).length,
      names.filter((name) => name.includes(".")).length,
      [...contract.values()].filter((fact) =>
        z.looseObject({ sealed: z.literal(true) }).safeParse(fact).success
      )
        .length,
    ],
    [47, 143, 1114, 244],
  );
});

Deno.test("a module stands in the kinds of space that the contract says", () => {
  for (const { name, spaceTypes } of MODULES) {
    // Neither is a module of the contract: the spaces themselves, and a day over all modules.
    if (name !== "spaces" && name !== "day") {
      assert.deepEqual(spaceTypes, ours[name]?.spaceTypes ?? SPACE_TYPES, name);
    }
  }
});

Deno.test("no stored value fails a list of any table: nothing, null, a number, a text, a list, an object", async () => {
  const h = createHarness();
  const values = [null, 42.5, "a word of another writer", ["x", 1, null], { of: { another: "form" } }, true];
  for (const { name, app, table, fields } of everyTable()) {
    const rows = [
      insert(table, "empty", {}),
      ...values.map((value, index) =>
        insert(table, `${index}`, Object.fromEntries(fields.map((field) => [field, value])))
      ),
    ];
    h.services.write("anna", app, rows);
    const listing = await h.read().list(tableOf(name, fields));
    assert.equal(listing.rows.length, rows.length, name);
    for (const row of listing.rows) {
      for (const field of fields) {
        const isAbsent = flagsOf(name, field)?.optional === true || field === "props";
        assert.ok(field in row || isAbsent || row.unreadable?.includes(field), `${name}.${field}`);
      }
    }
  }
});

function flagsOf(name: AppTableName, field: string) {
  const [app = "", table = ""] = name.split("/");
  return Object.values(ours[app]?.tables[table]?.fields[field] ?? {})[0];
}

Deno.test("a word of another writer is read as it stands, and written by no tool", async () => {
  const drinks = defineAppTable("drink/drinkEntries", {
    record: "drink",
    fields: ["name", "drinkType", "quantityMl", "date", "time", "note", "presetId"],
  });
  const h = createHarness();
  h.services.write("anna", "drink", [insert("drinkEntries", "1", { drinkType: "alcohol" })]);
  assert.equal((await h.read().get(drinks, "1")).drinkType, "alcohol");
  const whole = { name: "Tea", quantityMl: 200, date: "2026-05-20", time: "10:00" };
  const write = h.write();
  await assert.rejects(write.insert(drinks, { ...whole, drinkType: "alcohol" }), { name: "ZodError" });
  await assert.rejects(write.update(drinks, "1", () => ({ drinkType: "spirits" })), { name: "ZodError" });
  assert.equal(h.services.rows.length, 1);
  assert.deepEqual(choices("drink/drinkEntries", "drinkType").options.slice(0, 2), ["water", "coffee"]);
  const { drinkType } = await write.insert(drinks, { ...whole, drinkType: "tea" });
  assert.equal(drinkType, "tea");
  assert.throws(() => choices("drink/drinkEntries", "name"), TypeError);
});

Deno.test("a new record is whole: the defaults of fields that no tool names are stored, the sealed ones sealed", async () => {
  const moods = defineAppTable("mood/moodEntries", {
    record: "mood entry",
    fields: ["level", "emotion", "date", "time"],
  });
  const h = createHarness();
  const stored = async (space?: ReturnType<typeof shared>) => {
    const record = await h.write(space === undefined ? {} : { space })
      .insert(moods, { level: 7, emotion: "calm", date: "2026-05-20", time: "10:00" });
    assert.deepEqual(Object.keys(record), [
      "id",
      "level",
      "emotion",
      "date",
      "time",
      "createdAt",
      "updatedAt",
    ]);
    return z.looseObject({}).parse(h.services.rows.at(-1)?.change["data"]);
  };
  const data = await stored();
  assert.deepEqual(
    [data["secondaryEmotions"], data["activity"], data["tags"], data["visibility"]],
    [[], null, [], "space"],
  );
  assert.ok(isSealed(data["withWhom"]) && isSealed(data["notes"]));
  assert.deepEqual([(await stored(shared("team")))["notes"]], [""]);
});

Deno.test("what is not whole, or not of the table, is not written", async () => {
  const h = createHarness();
  const half = defineAppTable("mood/moodEntries", { record: "mood entry", fields: ["level"] });
  await assert.rejects(h.write().insert(half, { level: 7 }), { name: "ZodError" });
  const routines = defineAppTable("sleep/sleepSettings", { record: "settings", fields: [] });
  await assert.rejects(h.write().insert(routines, {}), /they are of no space/);
  assert.equal(h.services.rows.length, 0);
  assert.throws(() => tableOf("mood/moodEntries", ["nothing"]), TypeError);
});

Deno.test("who sees a new record is what the app stores: the space, the person alone, or nothing", async () => {
  const h = createHarness();
  const visibility = () => z.looseObject({}).parse(h.services.rows.at(-1)?.change["data"])["visibility"];
  const lists = defineAppTable("todo/projects", { record: "project", fields: ["name", "order"] });
  await h.write().insert(lists, { name: "House" }, { lastBy: "order" });
  assert.equal(visibility(), "space");
  const signs = defineAppTable("augur/augurEntries", {
    record: "sign",
    fields: ["kind", "source", "sourceCategory", "claim", "vibe", "encounteredAt"],
  });
  const sign = { source: "a cat", sourceCategory: "natural", claim: "rain", vibe: "bad" };
  await h.write().insert(signs, { ...sign, kind: "omen", encounteredAt: "2026-05-20" });
  assert.equal(visibility(), "private");
  const projects = defineAppTable("times/projects", {
    record: "project",
    fields: ["name", "color", "isArchived", "isBillable", "order"],
  });
  const project = { name: "House", color: "#112233", isArchived: false, isBillable: true };
  await h.write().insert(projects, project, { lastBy: "order" });
  assert.equal(visibility(), "private");
  const lasts = defineAppTable("lasts/lasts", {
    record: "last time",
    fields: ["title", "status", "recognisedAt"],
  });
  const last = { title: "a tram", status: "confirmed", recognisedAt: "2026-05-20T10:00:00.000Z" };
  await h.write().insert(lasts, last);
  assert.equal(visibility(), undefined);
});
