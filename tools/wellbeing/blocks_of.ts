// The time blocks of a record: its own, whatever block its `timeBlockId` names.
import type { ReadRecords } from "../../lib/tool/authoring.ts";
import { timeBlocks } from "../day/time_blocks.ts";

/** The ids of the blocks that name this record as their owner. */
export async function blocksOf(
  records: Pick<ReadRecords, "count">,
  sourceModule: "body" | "dreams" | "period",
  sourceId: string,
): Promise<readonly string[]> {
  const ids: string[] = [];
  // Counting opens nothing, and meets each block.
  await records.count(
    timeBlocks,
    (block) => block.sourceModule === sourceModule && block.sourceId === sourceId && ids.push(block.id) > 0,
  );
  return ids;
}
