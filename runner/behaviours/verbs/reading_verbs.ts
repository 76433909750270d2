// What people do with their library and with saved articles, which no tool can save: the apps do that.
import { type Deed, deed, deedTo, type Phrases, say } from "../behaviour.ts";

/** Adds a book or a film. */
export function addToLibrary(weight: number, titles: Phrases, creators: Phrases): Deed {
  return deed("library_create", weight, (making) => ({
    kind: making.random.pick(["book", "book", "movie", "series"]),
    title: say(making, titles),
    creators: [making.random.pick(creators)],
    status: making.random.pick(["planned", "active"]),
    year: making.random.whole(1960, 2025),
  }));
}

/** Begins, finishes or lays aside something of the library; only the first two have a day. Who begins what is finished does so once more. */
export function goOnInLibrary(weight: number): Deed {
  return deedTo("library_set_status", weight, () => true, ({ random, today, row }) => {
    const status = random.pick(["active", "completed", "paused"]);
    if (status === "paused") return { status };
    return { status, date: today, ...(status === "active" && row.completedAt ? { again: true } : {}) };
  });
}

/** Rates something of the library. */
export function reviewInLibrary(weight: number, reviews: Phrases): Deed {
  return deedTo("library_update", weight, () => true, (making) => ({
    rating: making.random.whole(2, 10) / 2,
    review: say(making, reviews),
  }));
}

/** Looks at what is being read. */
export function lookAtLibrary(weight: number): Deed {
  return deed("library_list", weight, ({ random }) => ({ status: random.pick(["planned", "active"]) }));
}

/** Looks at saved articles. */
export function lookAtArticles(weight: number, words: Phrases): Deed {
  return deed(
    "articles_list",
    weight,
    ({ random }) => random.happens(0.5) ? { query: random.pick(words) } : { status: "unread" },
  );
}

/** Reads a saved article. */
export function readArticle(weight: number): Deed {
  return deedTo("articles_read", weight, () => true);
}
