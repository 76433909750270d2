// Golden rows of Leisure.
import type { GoldenRow } from "../golden_row.ts";

/** See golden_row.ts. */
export const LEISURE: readonly GoldenRow[] = [
  {
    table: "library/libraryEntries",
    create: {
      tool: "library_create",
      args: { kind: "book", title: "Momo", creators: ["Michael Ende"], details: { pages: 300 } },
    },
    row: {
      kind: "book",
      status: "planned",
      title: "Momo",
      originalTitle: null,
      creators: ["Michael Ende"],
      year: null,
      coverUrl: null,
      coverMediaId: null,
      rating: null,
      review: null,
      tags: [],
      genres: [],
      startedAt: null,
      completedAt: null,
      isFavorite: false,
      times: 0,
      externalIds: null,
      details: { kind: "book", pages: 300 },
    },
    update: {
      tool: "library_update",
      args: ([id]) => ({ id, review: "schön", details: { currentPage: 12 } }),
    },
    fields: { review: "schön", "details.currentPage": 12 },
  },
];
