// Changing entries of the library: what the person thinks of them, how far they are, and their status with its dates.
import { z } from "zod";
import {
  changedOutput,
  clearInput,
  dayInput,
  defineTool,
  demandReadable,
  patchOf,
  refuseInput,
  visibleText,
} from "../../lib/tool/authoring.ts";
import { changedDetails, episodesInput } from "./library_details.ts";
import { demandOrder, entries, fields, Id, Status } from "./library_entries.ts";

/** `library.update`. */
export const update = defineTool({
  name: "library.update",
  title: "Change a library entry",
  access: "write",
  idempotent: true,
  description:
    "Change an entry: rating, review, progress, favourite, dates. Give only what changes; a list replaces the list. Of " +
    "`details` the members that are not given stay. For the status use {library.set_status}.",
  input: z.object({
    id: Id,
    title: visibleText(500).optional(),
    ...fields,
    episodes: episodesInput.optional(),
    clear: clearInput(["originalTitle", "year", "rating", "review", "startedAt", "completedAt"]),
  }),
  output: changedOutput,
  async run({ id, clear, ...input }, { records, today }) {
    const { details, episodes, ...given } = patchOf(input, clear);
    const { changed } = await records.update(entries, id, (entry) => {
      if (given.startedAt !== undefined || given.completedAt !== undefined) {
        demandOrder(
          given.startedAt === undefined ? entry.startedAt : given.startedAt,
          given.completedAt === undefined ? entry.completedAt : given.completedAt,
        );
      }
      if (details === undefined && episodes === undefined) return given;
      demandReadable(entries, entry, ["kind", "details"]);
      const progress = { details: details ?? {}, episodes: episodes ?? [] };
      return { ...given, details: changedDetails(entry.kind ?? "", entry.details ?? {}, progress, today) };
    });
    return { ok: true as const, changed };
  },
});

/** `library.set_status`. */
export const setStatus = defineTool({
  name: "library.set_status",
  title: "Set the status of a library entry",
  access: "write",
  description:
    "Say that the person plans, began, finished, paused or dropped an entry. Finishing counts once more in `times`; the same " +
    "status again changes nothing, unless `again` says that they read or watch it once more.",
  input: z.object({
    id: Id,
    status: Status,
    date: dayInput.optional().describe("the day it was begun (active) or finished (completed), else today"),
    again: z.boolean().default(false).describe("begun or finished once more"),
  }),
  output: changedOutput,
  async run({ id, status, date, again }, { records, today }) {
    if (status !== "active" && status !== "completed" && (date !== undefined || again)) {
      refuseInput(`${again ? "again" : "date"}: only with the status active or completed`);
    }
    // One call after the other: `times` is a counter.
    const { changed } = await records.writeTogether((rows) =>
      rows.update(entries, id, (entry) => {
        if (status === "active") {
          const startedAt = date ?? (again ? today : entry.startedAt ?? today);
          if (!again) demandOrder(date, entry.completedAt);
          return { status, startedAt, ...(again ? { completedAt: null } : {}) };
        }
        if (status !== "completed") return { status };
        demandOrder(entry.startedAt, date);
        demandReadable(entries, entry, ["times"]);
        const isNew = again || entry.status !== "completed";
        return {
          status,
          completedAt: date ?? (again ? today : entry.completedAt ?? today),
          ...(isNew ? { times: (entry.times ?? 0) + 1 } : {}),
        };
      })
    );
    return { ok: true as const, changed };
  },
});
