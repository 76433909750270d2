import type { DecidedRequest } from "./deciding/decided_request.ts";
import type { ShownRow } from "./listing.ts";
import type { Person, Place } from "./people.ts";
import type { SoakTable } from "./tables.ts";

/** What a client wanted to write, and what it was told. */
export interface ClientWrite {
  readonly client: string;
  readonly person: Person;
  readonly place: Place;
  readonly table: SoakTable;
  readonly kind: "insert" | "update" | "delete";
  /** Canonical name, as the log has it. */
  readonly tool: string;
  /** Of an insert only known when it was acknowledged. */
  readonly id: string | null;
  /** Values of fields as sent. The title of an insert is unique in the whole run. */
  readonly values: Readonly<Record<string, unknown>>;
  /** The row as the client had last been shown it. */
  readonly before: ShownRow | null;
  /** The stamp of the write is not older than this. */
  readonly startedAt: string;
  readonly outcome: "acknowledged" | "unknown" | "refused";
  /** Why it was not acknowledged, for the evidence. */
  readonly reason: string;
  /** The record as acknowledged, where the tool returns one. */
  readonly record: Readonly<Record<string, unknown>> | null;
}

/** A call that writes a row and the time block of this row, and what its client was told in the end. */
export interface PlannedCall {
  readonly client: string;
  readonly person: Person;
  readonly place: Place;
  readonly tool: "habits.log" | "habits.unlog" | "calendar.create" | "calendar.update" | "calendar.delete";
  /** Of the row that owns the block. Of a new one only known when it was acknowledged. */
  readonly id: string | null;
  /** The text of the owner that the call writes; "" where it deletes. */
  readonly text: string;
  readonly outcome: "acknowledged" | "unknown" | "refused";
  /** How often the same call was made again because a part of its rows was missing. */
  readonly repeats: number;
}

/** What the same client was shown right after a write was acknowledged: a row, or null for none. */
export interface ReadAfterWrite {
  readonly write: ClientWrite;
  readonly row: ShownRow | null;
}

/** A change that the sync service acknowledged to a device. */
export interface DeviceWrite {
  readonly person: Person;
  readonly table: SoakTable;
  readonly id: string;
  readonly op: "insert" | "update" | "delete";
  /** Of an update the stamp of any of its fields, of a delete its time; "" where there is none. */
  readonly stamp: string;
}

/** Everything that was done. */
export interface History {
  readonly writes: ClientWrite[];
  readonly reads: ReadAfterWrite[];
  /** In the order of each client. */
  readonly planned: PlannedCall[];
  readonly deviceWrites: DeviceWrite[];
  /** What apps asked for and people decided. */
  readonly requests: DecidedRequest[];
  /** Plans of undos that were refused since they were not true any more. */
  readonly refusedPlans: string[];
  /** A text that no other write of the run has, and that says where it belongs. */
  text(place: Place, writer: string): string;
}

/** Creates an empty one. */
export function createHistory(): History {
  let count = 0;
  return {
    writes: [],
    reads: [],
    planned: [],
    deviceWrites: [],
    requests: [],
    refusedPlans: [],
    text: (place, writer) => `${place.label} ${writer} #${++count} ☕`,
  };
}

/** Whether a text was written for this place. */
export function isFor(text: string, place: Place): boolean {
  return text.startsWith(`${place.label} `);
}
