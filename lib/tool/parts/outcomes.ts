// What writing tools answer. They are short, since a model pays for the schema of each listed tool in each conversation.

import { z } from "zod";

/** A new record: its id is what later calls need. */
export const createdOutput = z.object({ id: z.string() });

/** A changed record. `changed` is false where the record was so already. */
export const changedOutput = z.object({ ok: z.literal(true), changed: z.boolean() });

/** A deleted record. */
export const deletedOutput = z.object({ ok: z.literal(true), id: z.string() });
