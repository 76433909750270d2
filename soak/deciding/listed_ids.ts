// The ids of what a tool lists.
import { z } from "zod";

/** None for anything that is no list of records. */
export function listedIds(rows: unknown): string[] {
  return Rows.safeParse(rows).data?.map(({ id }) => id) ?? [];
}

const Rows = z.array(z.looseObject({ id: z.string() }));
