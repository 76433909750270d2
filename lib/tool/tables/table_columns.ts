// Which columns the tables of the Mana apps have, and which of them may be sealed: what the documents of grants are read by.
import TABLES from "../../../tools/tables.json" with { type: "json" };
import type { TableColumns } from "../../grants/grant_document.ts";
import type { FieldFlags } from "./field_schemas.ts";

/** The columns of every table, by `app/table`; made anew with each call. */
export function tableColumns(): TableColumns {
  const apps: Readonly<Record<string, AppData>> = TABLES;
  return new Map(
    Object.entries(apps).flatMap(([app, { tables }]) =>
      Object.entries(tables).map(([name, { fields }]) =>
        [
          `${app}/${name}`,
          new Map(
            Object.entries(fields).map(([field, types]) =>
              [field, { isSealed: Object.values(types).some((flags) => flags?.sealed === true) }] as const
            ),
          ),
        ] as const
      )
    ),
  );
}

interface AppData {
  readonly tables: Readonly<
    Record<
      string,
      { readonly fields: Readonly<Record<string, Readonly<Record<string, FieldFlags | undefined>>>> }
    >
  >;
}
