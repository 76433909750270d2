// The entries of the library: their table, the inputs that its tools share, and what must not be stored of their dates.
import { z } from "zod";
import {
  choices,
  dayInput,
  defineAppTable,
  recordId,
  refuseInput,
  visibleText,
} from "../../lib/tool/authoring.ts";
import { detailsInput } from "./library_details.ts";

/** Books, films, series and comics. */
export const entries = defineAppTable("library/libraryEntries", {
  record: "library entry",
  fields: [
    "kind",
    "status",
    "title",
    "originalTitle",
    "creators",
    "year",
    "rating",
    "review",
    "tags",
    "genres",
    "startedAt",
    "completedAt",
    "isFavorite",
    "times",
    "details",
  ],
});

/** What a listing shows of each entry. */
export const LISTED = [
  "kind",
  "status",
  "title",
  "creators",
  "year",
  "rating",
  "isFavorite",
  "completedAt",
] as const;

/** Inputs of several tools. */
export const Id = recordId("entry", "library.list");
export const Kind = choices("library/libraryEntries", "kind");
export const Status = choices("library/libraryEntries", "status");
const Words = z.array(visibleText(200)).max(50);
/** What a new entry and a changed one take alike. */
export const fields = {
  originalTitle: z.string().max(500).optional(),
  creators: Words.optional().describe("authors, directors, artists"),
  year: z.int().min(0).max(9_999).optional().describe("when it came out"),
  rating: z.number().min(0).max(5).refine(
    (stars) => Number.isInteger(stars * 2),
    "expected half steps such as 3.5",
  )
    .optional().describe("0 to 5 in half steps"),
  review: z.string().max(10_000).optional(),
  tags: Words.optional(),
  genres: Words.optional(),
  isFavorite: z.boolean().optional(),
  startedAt: dayInput.optional(),
  completedAt: dayInput.optional(),
  details: detailsInput.optional(),
} as const;

/** Refuses an end before its start. Throws Refused `input-invalid`. */
export function demandOrder(
  startedAt: string | null | undefined,
  completedAt: string | null | undefined,
): void {
  if (startedAt && completedAt && completedAt < startedAt.slice(0, 10)) {
    refuseInput(`the end, ${completedAt}, is before the start, ${startedAt}`);
  }
}
