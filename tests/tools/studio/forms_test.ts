import assert from "node:assert/strict";
import { z } from "zod";
import {
  lastChange,
  masterKey,
  open,
  pushInsert,
  pushUpdate,
  seal,
  type WireTable,
  withoutPush,
} from "../../_support/device.ts";
import { listed, notFound } from "../../_support/listed.ts";
import { callOk, callRefused } from "../../_support/mcp.ts";
import { createWorld, type Person, type World } from "../../_support/world.ts";

const FORMS: WireTable = { app: "forms", table: "forms" };
const RESPONSES: WireTable = { app: "forms", table: "formResponses" };
const FIELDS = [
  { type: "short_text", label: "Name", required: true },
  { type: "single_choice", label: "Kommst Du?", options: ["Ja", "Nein"] },
];
const Fields = z.array(z.looseObject({
  id: z.string(),
  type: z.string(),
  label: z.string(),
  options: z.array(z.object({ id: z.string(), label: z.string() })).default([]),
}));

async function create(world: World, person: Person): Promise<string> {
  const { id } = await callOk(world, person, "forms_create", { title: "Sommerfest", fields: FIELDS });
  return String(id);
}

async function fieldsOf(world: World, person: Person, id: string): Promise<z.infer<typeof Fields>> {
  return Fields.parse((await callOk(world, person, "forms_read", { id })).fields);
}

Deno.test("forms: a draft with fields is made, listed, read and changed", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await create(world, anna);
  const { rows: [row] } = await listed(world, anna, "forms_list", { query: "sommerfest" });
  assert.deepEqual([row?.title, row?.status, row?.responseCount], ["Sommerfest", "draft", 0]);
  const fields = await fieldsOf(world, anna, id);
  assert.deepEqual(fields.map(({ type, label, required }) => [type, label, required]), [
    ["short_text", "Name", true],
    ["single_choice", "Kommst Du?", false],
  ]);
  assert.deepEqual(fields[1]?.options.map(({ label }) => label), ["Ja", "Nein"]);

  await callOk(world, anna, "forms_update", {
    id,
    title: "Fest",
    addFields: [{ type: "date", label: "Wann?" }],
  });
  const more = await fieldsOf(world, anna, id);
  assert.deepEqual(more.slice(0, 2), fields);
  assert.equal(more[2]?.label, "Wann?");
  await callOk(world, anna, "forms_update", { id, fields: [{ type: "yes_no", label: "Da?" }] });
  assert.deepEqual((await fieldsOf(world, anna, id)).map(({ label }) => label), ["Da?"]);
  const same = await callOk(world, anna, "forms_update", { id, title: "Fest" });
  assert.deepEqual(same, { ok: true, changed: false });
});

Deno.test("forms.update: fields of a published form stay, and only a published form is closed", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await create(world, anna);
  const refused = (args: Record<string, unknown>) =>
    withoutPush(world, () => callRefused(world, anna, "forms_update", { id, ...args }));
  assert.match(await refused({ close: true }), /close: this form is not published/);
  await pushUpdate(world, anna, FORMS, id, { status: "published" });
  assert.match(
    await refused({ addFields: [{ type: "date", label: "x" }] }),
    /fields: this form is no draft any more/,
  );
  assert.deepEqual(await callOk(world, anna, "forms_update", { id, close: true }), {
    ok: true,
    changed: true,
  });
  assert.equal((await lastChange(world, anna, FORMS, id)).fields?.status?.value, "closed");
});

Deno.test("forms: choices without options, unknown kinds, fields given twice, unknown forms are refused", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await create(world, anna);
  const refused = (args: Record<string, unknown>, tool = "forms_update") =>
    callRefused(world, anna, tool, args);
  await withoutPush(world, async () => {
    const noOptions = { title: "x", fields: [{ type: "single_choice", label: "x" }] };
    assert.match(
      await refused(noOptions, "forms_create"),
      /options: needed for single_choice and multi_choice/,
    );
    const unknown = { title: "x", fields: [{ type: "signature", label: "x" }] };
    assert.match(await refused(unknown, "forms_create"), /fields\.0\.type/);
    assert.match(
      await refused({ id, fields: FIELDS, addFields: FIELDS }),
      /fields: give it or addFields, not both/,
    );
    assert.match(await refused({ id }), /nothing to change: give at least one field/);
    for (const tool of ["forms_read", "forms_responses"]) {
      assert.equal(await refused({ id: "no" }, tool), notFound("form", "no"));
    }
  });
});

Deno.test("forms.responses: answers are told by their labels, and choices are counted, sealed and public alike", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await create(world, anna);
  const key = await masterKey(world, anna);
  const [name, coming] = await fieldsOf(world, anna, id);
  const answer = (who: string) => ({ [String(name?.id)]: who, [String(coming?.id)]: coming?.options[0]?.id });
  const put = (response: string, values: Record<string, unknown>) =>
    pushInsert(world, anna, RESPONSES, response, { formId: id, status: "new", ...values });
  await put("r1", { submittedAt: "2026-02-27T08:00:00.000Z", answers: await seal(key, answer("Ben")) });
  // What the public page takes arrives in clear.
  await put("r2", {
    submittedAt: "2026-02-28T08:00:00.000Z",
    answers: answer("Cleo"),
    submitterName: "Cleo",
  });
  await put("r3", { submittedAt: "2026-02-28T09:00:00.000Z", answers: {}, formId: "other" });
  const output = await callOk(world, anna, "forms_responses", { id });
  const Responses = z.array(z.object({ answers: z.array(z.unknown()) }));
  assert.deepEqual(Responses.parse(output.responses).map(({ answers }) => answers[0]), [
    { field: "Name", answer: "Cleo" },
    { field: "Name", answer: "Ben" },
  ]);
  assert.deepEqual(output.choices, [{ field: "Kommst Du?", answer: "Ja", count: 2 }]);
});

Deno.test("forms: characters that the app has stored in place of fields are not shown, and stay", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const key = await masterKey(world, anna);
  const id = await create(world, anna);
  const [field] = await fieldsOf(world, anna, id);
  assert.ok(field);
  await pushUpdate(world, anna, FORMS, id, { fields: await seal(key, ["e", field, "n"]) });
  assert.deepEqual(await fieldsOf(world, anna, id), [field]);
  await callOk(world, anna, "forms_update", { id, addFields: [{ type: "date", label: "Wann?" }] });
  const stored = await open(key, (await lastChange(world, anna, FORMS, id)).fields?.fields?.value);
  assert.ok(Array.isArray(stored));
  assert.equal(stored.length, 4);
});
