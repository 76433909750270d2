// What the callback of `writeTogether` may do with the plan, by the access of its tool. The promises stand in records.ts.

import { Refused } from "../../kit/errors.ts";
import { reachingNothing, type RecordCall } from "../record_call.ts";
import type { AnyRowsTogether, RowsTogether } from "../records.ts";
import type { RowPlan } from "./row_plan.ts";

/** The rows of a writing tool. */
export function partRows(plan: RowPlan, call: RecordCall): RowsTogether {
  return reachingNothing<RowsTogether>({
    ...commonRows(plan, call),
    // Here, where no author of a tool can go round it: a tool that asks nobody must not delete what a person made.
    remove: (table, id) =>
      table.isPart ? plan.remove(table, id) : Promise.reject(
        new TypeError(`Cannot remove from ${table.app}/${table.name}: its records are no parts`),
      ),
  });
}

/** The rows of a destructive tool. */
export function anyRows(plan: RowPlan, call: RecordCall): AnyRowsTogether {
  return reachingNothing<AnyRowsTogether>({
    ...commonRows(plan, call),
    remove: (table, id) => plan.remove(table, id),
  });
}

function commonRows(plan: RowPlan, { scope }: RecordCall): Omit<RowsTogether, "remove"> {
  const { noCreation } = scope;
  return {
    newId: (table, fixed) => plan.newId(table, fixed),
    insert: noCreation
      ? () => Promise.reject(new Refused(noCreation))
      : (table, values, options) => plan.insert(table, values, options),
    update: (table, id, change) => plan.update(table, id, change),
  };
}
