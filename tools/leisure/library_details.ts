// What an entry of the library has by its kind: pages of a book, episodes of a series. The Mana apps store the details as a
// plain object whose `kind` is that of the entry, and switch on it.
import { z } from "zod";
import { refuseInput } from "../../lib/tool/authoring.ts";

const Count = z.int().min(1);
const Place = z.int().min(0);

/** The input: every member belongs to one kind, as its description says. */
export const detailsInput = z.strictObject({
  pages: Count.optional().describe("book"),
  currentPage: Place.optional().describe("book"),
  format: z.enum(["hardcover", "paperback", "ebook", "audio"]).optional().describe("book"),
  runtimeMin: Count.optional().describe("movie"),
  director: z.string().max(200).optional().describe("movie"),
  totalSeasons: Count.optional().describe("series"),
  totalEpisodes: Count.optional().describe("series"),
  issueCount: Count.optional().describe("comic"),
  currentIssue: Place.optional().describe("comic"),
  publisher: z.string().max(200).optional().describe("comic"),
  isOngoing: z.boolean().optional().describe("comic"),
}).describe("only what belongs to the kind");

/** The input: episodes of a series that were seen. */
export const episodesInput = z.array(z.strictObject({
  season: Place,
  episode: Place,
  seen: z.boolean().default(true).describe("false takes it back"),
})).max(200).describe("episodes of a series that were seen");

/** The details of a new entry. Throws Refused `input-invalid` for a member of another kind. */
export function newDetails(kind: string, given: Details = {}): Record<string, unknown> {
  return { kind, ...(kind === "series" ? { watched: [] } : {}), ...ofKind(kind, given) };
}

/**
 * The details with the changes laid over them. Members of other writers stay. Throws Refused `input-invalid` for a member of
 * another kind, and for episodes of anything but a series.
 */
export function changedDetails(
  kind: string,
  before: Readonly<Record<string, unknown>>,
  { details = {}, episodes = [] }: { readonly details?: Details; readonly episodes?: Episodes },
  today: string,
): Record<string, unknown> {
  const after = { ...before, ...ofKind(kind, details), ...(kind === "" ? {} : { kind }) };
  if (episodes.length === 0) return after;
  if (kind !== "series") refuseInput("episodes: only a series has them");
  const watched = listOf(before.watched);
  for (const { season, episode, seen } of episodes) {
    const index = watched.findIndex((one) => {
      const known = Watched.safeParse(one);
      return known.success && known.data.season === season && known.data.episode === episode;
    });
    if (seen && index < 0) watched.push({ season, episode, watchedAt: today });
    if (!seen && index >= 0) watched.splice(index, 1);
  }
  return { ...after, watched };
}

/** The members of {@link detailsInput}. */
type Details = z.output<typeof detailsInput>;
type Episodes = z.output<typeof episodesInput>;

const Watched = z.looseObject({ season: z.number(), episode: z.number() });

const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  book: ["pages", "currentPage", "format"],
  movie: ["runtimeMin", "director"],
  series: ["totalSeasons", "totalEpisodes"],
  comic: ["issueCount", "currentIssue", "publisher", "isOngoing"],
};

/** What is stored of the episodes; items of other writers stay among them. */
function listOf(watched: unknown): unknown[] {
  if (Array.isArray(watched)) return [...watched];
  return watched === undefined || watched === null
    ? []
    : refuseInput("episodes: those that are stored cannot be read");
}

function ofKind(kind: string, given: Details): Record<string, unknown> {
  const members = MEMBERS[kind] ?? [];
  const present = Object.entries(given).filter(([, value]) => value !== undefined);
  for (const [name] of present) {
    if (!members.includes(name)) {
      refuseInput(
        `details.${name}: ${
          members.length === 0 ? "not of this kind" : `a ${kind} has ${members.join(", ")}`
        }`,
      );
    }
  }
  return Object.fromEntries(present);
}
