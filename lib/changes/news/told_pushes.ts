// Tells other gateways of each push, beside what else is told of it.
import type { ChangeAuthor, ChangedRow, PushObserver, PushOutcome } from "../push_changes.ts";
import type { ChangeNews } from "./change_news.ts";

/** The same observer, after which other gateways are told. What was refused for certain is no news. */
export function withNews(observer: PushObserver, news: Pick<ChangeNews, "wrote">): PushObserver {
  return Object.freeze({
    before: (author: ChangeAuthor) => observer.before(author),
    after(author: ChangeAuthor, rows: readonly ChangedRow[], outcome: PushOutcome): void {
      observer.after(author, rows, outcome);
      const [first] = rows;
      if (outcome === "refused" || first === undefined) return;
      const spaces = rows.flatMap(({ change: { spaceId } }) => spaceId === undefined ? [] : [spaceId]);
      news.wrote(author.caller.principal, first.table.app, spaces);
    },
  });
}
