// The fields of a form: how they are stored, shown and given (contract: modules, forms).
import { z } from "zod";
import { visibleText } from "../../lib/tool/authoring.ts";

/** Held against the table's own type when a form is stored. */
const FieldType = z.enum([
  "short_text",
  "long_text",
  "single_choice",
  "multi_choice",
  "number",
  "date",
  "email",
  "yes_no",
  "rating",
  "section",
  "consent",
]);

/** A field as it is stored. Members that are not named stay as they are. */
export const StoredField = z.looseObject({
  id: z.string(),
  type: z.string(),
  label: z.string(),
  required: z.boolean().default(false),
  helpText: z.string().optional(),
  options: z.array(z.looseObject({ id: z.string(), label: z.string() })).optional(),
});

/** A field as a tool shows it. */
export const formField = z.object({
  id: z.string(),
  type: z.string(),
  label: z.string(),
  required: z.boolean().optional(),
  helpText: z.string().optional(),
  options: z.array(z.object({ id: z.string(), label: z.string() })).optional(),
});

/** New fields, in order. Choices are given by their labels alone. */
export const NewFields = z.array(
  z.object({
    type: FieldType,
    label: visibleText(500),
    helpText: z.string().max(1_000).optional(),
    required: z.boolean().default(false),
    options: z.array(visibleText(200)).min(1).max(50).optional().describe(
      "labels, for single_choice and multi_choice",
    ),
  }).refine(
    ({ type, options }) => (type === "single_choice" || type === "multi_choice") === (options !== undefined),
    "options: needed for single_choice and multi_choice, and for no other type",
  ),
).max(100);

/** The fields that are fields: the app has stored forms that hold single characters in their place. */
export function formFields(stored: readonly unknown[] | undefined): z.infer<typeof formField>[] {
  return (stored ?? []).flatMap((value) => {
    const field = formField.safeParse(value);
    return field.success ? [field.data] : [];
  });
}
