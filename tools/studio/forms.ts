// Forms and what people answered: what assistants can do with them. Publishing and sharing are the person's, and answers are
// never deleted here: they are other people's (contract: modules, forms).
import { z } from "zod";
import {
  changedOutput,
  choices,
  clearInput,
  createdOutput,
  defineAppTable,
  defineModule,
  defineTool,
  type Module,
  pageInput,
  pageOutput,
  patchOf,
  recordId,
  recordOutput,
  recordOutputOf,
  refuseInput,
  textFilter,
  textFilterInput,
  visibleText,
} from "../../lib/tool/authoring.ts";
import { formField, formFields, NewFields, StoredField } from "./form_fields.ts";

const forms = defineAppTable("forms/forms", {
  record: "form",
  fields: ["title", "description", "fields", "settings", "status", "responseCount"],
  // The app has stored forms whose fields are characters (contract: modules, forms, rule 2): these are left out below.
  as: { fields: z.array(z.union([StoredField, z.unknown()])).default([]) },
});
const responses = defineAppTable("forms/formResponses", {
  record: "response",
  fields: ["formId", "submittedAt", "answers", "submitterName", "submitterEmail", "status"],
});

const Id = recordId("form", "forms.list");
const Title = visibleText(300);
const Description = z.string().max(5_000);
const LISTED = ["title", "description", "status", "responseCount"] as const;

const list = defineTool({
  name: "forms.list",
  title: "List forms",
  access: "read",
  description: "List the person's forms, the ones changed last first.",
  input: z.object({
    status: choices("forms/forms", "status").optional(),
    query: textFilterInput,
    ...pageInput({ most: 100, usual: 20 }),
  }),
  output: z.object({ forms: z.array(recordOutputOf(forms, LISTED)), ...pageOutput }),
  async run(input, { records }) {
    const match = textFilter<{ title?: string; description?: string | null }>(
      input.query,
      ({ title, description }) => [title, description],
    );
    const { rows, ...end } = await records.list(forms, {
      where: ({ status }) => input.status === undefined || status === input.status,
      ...(match === undefined ? {} : { match }),
      order: [{ field: "updatedAt", direction: "descending", missing: "" }],
      show: LISTED,
      page: input,
    });
    return { forms: [...rows], ...end };
  },
});

const read = defineTool({
  name: "forms.read",
  title: "Read a form",
  access: "read",
  description: "Read one form with its fields. What people answered is in {forms.responses}.",
  input: z.object({ id: Id }),
  output: z.object({
    form: recordOutput(forms).omit({ fields: true, settings: true }),
    fields: z.array(formField),
  }),
  async run({ id }, { records }) {
    const { fields, settings: _settings, ...form } = await records.get(forms, id);
    return { form, fields: formFields(fields) };
  },
});

const create = defineTool({
  name: "forms.create",
  title: "Create a form",
  access: "write",
  description:
    "Make a form as a draft, with its fields in order. Only the Mana app, where the person uses it, publishes it. Returns the id.",
  input: z.object({ title: Title, description: Description.optional(), fields: NewFields.default([]) }),
  output: createdOutput,
  async run({ title, description = null, fields }, { records }) {
    const { id } = await records.insert(forms, {
      title,
      description,
      fields: fields.map((field) => storedField(field, records.newId)),
      settings: SETTINGS,
    });
    return { id };
  },
});

/** What the Mana app gives a new form. */
const SETTINGS = Object.freeze({
  submitButtonLabel: "Senden",
  successMessage: "Danke! Deine Antwort wurde übermittelt.",
  allowMultipleSubmissions: false,
  requireEmail: false,
  anonymous: false,
  zkMode: false,
});

const update = defineTool({
  name: "forms.update",
  title: "Change a form",
  access: "write",
  idempotent: true,
  description:
    "Change a form: title, description, or add fields at its end; `fields` replaces all of them. Fields change only in a draft, " +
    "since answers belong to the fields they were given to. `close` ends a published form.",
  input: z.object({
    id: Id,
    title: Title.optional(),
    description: Description.optional(),
    addFields: NewFields.optional(),
    fields: NewFields.optional(),
    close: z.literal(true).optional(),
    clear: clearInput(["description"]),
  }),
  output: changedOutput,
  async run({ id, clear, ...input }, { records }) {
    const { addFields, fields, close, ...given } = patchOf(input, clear);
    if (addFields !== undefined && fields !== undefined) {
      refuseInput("fields: give it or addFields, not both");
    }
    const stored = (all: typeof NewFields._output) => all.map((field) => storedField(field, records.newId));
    const { changed } = await records.update(forms, id, (form) => {
      const changesFields = addFields !== undefined || fields !== undefined;
      if (changesFields && form.status !== "draft") refuseInput("fields: this form is no draft any more");
      if (close === true && form.status === "draft") refuseInput("close: this form is not published");
      return {
        ...given,
        ...(fields === undefined ? {} : { fields: stored(fields) }),
        ...(addFields === undefined ? {} : { fields: [...form.fields ?? [], ...stored(addFields)] }),
        ...(close === true ? { status: "closed" } : {}),
      };
    });
    return { ok: true as const, changed };
  },
});

const answers = defineTool({
  name: "forms.responses",
  title: "Read a form's responses",
  access: "read",
  description:
    "Read what people answered, newest first, and how often each choice was taken. These are other people's personal data: " +
    "use them for what the person asks and no more.",
  input: z.object({
    id: Id,
    ...pageInput({ most: 100, usual: 20 }),
  }),
  output: z.object({
    responses: z.array(
      recordOutput(responses).omit({ formId: true, answers: true }).extend({
        answers: z.array(z.object({ field: z.string(), answer: z.unknown() })),
      }),
    ),
    choices: z.array(z.object({ field: z.string(), answer: z.string(), count: z.number() })),
    ...pageOutput,
  }),
  async run(input, { records }) {
    const fields = formFields((await records.get(forms, input.id)).fields);
    const labels = new Map(fields.map(({ id, label }) => [id, label]));
    const ofForm = ({ formId }: { readonly formId?: string }) => formId === input.id;
    const counts = new Map<string, number>();
    await records.scan(responses, { where: ofForm }, ({ answers }) => {
      for (const [id, answer] of Object.entries(answers ?? {})) {
        const field = fields.find((one) => one.id === id);
        if (field === undefined || !COUNTED.has(field.type)) continue;
        for (const one of [answer].flat()) {
          const key = JSON.stringify([field.label, choiceLabel(field, one)]);
          counts.set(key, (counts.get(key) ?? 0) + 1);
        }
      }
    });
    const { rows, ...end } = await records.list(responses, {
      where: ofForm,
      order: [{ field: "submittedAt", direction: "descending", missing: "" }],
      page: input,
    });
    return {
      responses: rows.map(({ formId: _form, answers, ...response }) => ({
        ...response,
        answers: Object.entries(answers ?? {}).map(([id, answer]) => ({
          field: labels.get(id) ?? id,
          answer,
        })),
      })),
      choices: [...counts].slice(0, MAX_CHOICES).map(([key, count]) => {
        const [field, answer] = z.tuple([z.string(), z.string()]).parse(JSON.parse(key));
        return { field, answer, count };
      }),
      ...end,
    };
  },
});

/** Kinds of fields whose answers are counted. */
const COUNTED: ReadonlySet<string> = new Set([
  "single_choice",
  "multi_choice",
  "yes_no",
  "rating",
  "consent",
]);
/** Choices that are told, over all fields. */
const MAX_CHOICES = 200;

function choiceLabel({ options = [] }: z.infer<typeof formField>, answer: unknown): string {
  return options.find(({ id }) => id === answer)?.label ?? String(answer).slice(0, 200);
}

function storedField(
  { options, helpText, ...field }: (typeof NewFields._output)[number],
  newId: () => string,
): z.input<typeof StoredField> {
  return {
    id: newId(),
    ...field,
    ...(helpText === undefined ? {} : { helpText }),
    ...(options === undefined ? {} : { options: options.map((label) => ({ id: newId(), label })) }),
  };
}

/** Forms. */
export const formsModule: Module = defineModule({
  name: "forms",
  label: "Forms",
  nouns: ["form", "survey"],
  group: "Studio",
  spaceTypes: ["personal"],
  tools: [list, read, create, update, answers],
  writes: [forms],
});
