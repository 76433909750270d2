// A tool that deletes one record after the person has said yes. Tools that delete more than one row define themselves.

import { z } from "zod";
import type { Shape, StoredRecord, Table } from "../../records/define_table.ts";
import { defineTool, type Tool } from "../define_tool.ts";
import { deleteQuestion } from "../delete_question.ts";
import { deletedOutput } from "./outcomes.ts";
import { recordId } from "./record_id.ts";

/** Makes the tool. Throws TypeError as `defineTool`. */
export function defineDeletion<S extends Shape, E extends keyof S & string>(
  table: Table<S, E>,
  { name, title, listedBy, alsoInstead, titleOf, demand }: Deletion<S>,
): Tool {
  return defineTool({
    name,
    title,
    access: "destructive",
    // Where the person is asked on their own page, the card leads there.
    view: "approval",
    description:
      `Delete a ${table.record}. The person is asked first, by the gateway: do not ask them yourself. No tool brings it ` +
      `back, only the Mana app where the person uses it.${
        alsoInstead === undefined ? "" : ` ${alsoInstead}`
      }`,
    input: z.object({ id: recordId(table.record, listedBy) }),
    output: deletedOutput,
    async confirm({ id }, { records }) {
      const record = await records.get(table, id);
      demand?.(record);
      const shown = titleOf?.(record);
      return deleteQuestion(table, typeof shown === "string" ? { id, title: shown } : { id });
    },
    async run({ id }, { records }) {
      if (demand !== undefined) demand(await records.get(table, id));
      await records.delete(table, id);
      return { ok: true as const, id };
    },
  });
}

/** What a deleting tool says of itself. */
export interface Deletion<S extends Shape> {
  readonly name: string;
  readonly title: string;
  /** The tool that gives the ids, `module.verb`. */
  readonly listedBy: string;
  /** A sentence on what to call where the person only wants to hide the record. */
  readonly alsoInstead?: string;
  /** What the question calls the record; by its id where nothing can be read. */
  readonly titleOf?: (record: StoredRecord<S>) => string | null | undefined;
  /** Refuses a record that has to stay, by `refuseInput`. */
  readonly demand?: (record: StoredRecord<S>) => void;
}
