// The entries of a day, read when the person asks for them: text as text, the beginning first.
import type { Host } from "../host/connect_host.ts";
import { objectOf, textOf } from "../host/parse.ts";
import { button, html } from "../kit/element.ts";
import { moodSymbol, moodWord } from "./mood.ts";
import type { JournalDay } from "./month.ts";

/** Draws the entries of a day one after the other into `place`. `isWanted` says whether the person still looks at this day. */
export async function showEntries(
  host: Host,
  day: JournalDay,
  place: HTMLElement,
  isWanted: () => boolean,
): Promise<void> {
  place.replaceChildren(html("p", { attributes: { class: "soft" } }, "Reading…"));
  const drawn: HTMLElement[] = [];
  for (const { id } of day.entries) {
    const article = html("article", {});
    await readInto(host, id, 0, article);
    if (!isWanted()) return;
    drawn.push(article);
    place.replaceChildren(...drawn);
  }
  if (day.count > day.entries.length) {
    place.append(
      html("p", { attributes: { class: "soft" } }, "There are more entries of this day in the app."),
    );
  }
}

/** Adds a portion of an entry's text, with a button for the next one. */
async function readInto(host: Host, id: string, offset: number, article: HTMLElement): Promise<void> {
  const answer = await host.call("journal_read", { id, offset });
  if (answer.kind !== "done") {
    article.append(html("p", { attributes: { class: "bad", role: "alert" } }, answer.words));
    return;
  }
  const entry = objectOf(answer.data.entry);
  const [title, content, mood] = [textOf(entry.title), textOf(entry.content), textOf(entry.mood)];
  if (offset === 0) {
    article.append(
      html(
        "h4",
        { attributes: { dir: "auto" } },
        mood === null ? null : moodSymbol(mood),
        [title === "" ? null : title, mood === null ? null : moodWord(mood)].filter((part) => part !== null)
          .join(" · ") || "Entry",
      ),
    );
  }
  const text = html(
    "p",
    { attributes: { class: offset === 0 ? "text short" : "text", dir: "auto" } },
    content ?? "The text of this entry is kept back from this app, or cannot be read.",
  );
  article.append(text);
  const { nextOffset } = answer.data;
  const next = typeof nextOffset === "number" && nextOffset > offset ? nextOffset : null;
  const isLong = (content ?? "").length > SHORT_CHARS || (content ?? "").split("\n").length > SHORT_LINES;
  if (offset === 0 && isLong) {
    const whole = button("Show all", () => {
      text.classList.remove("short");
      whole.remove();
      addNext(host, id, next, article);
    });
    article.append(whole);
  } else {
    text.classList.remove("short");
    addNext(host, id, next, article);
  }
}

/** As many lines as the style shows of a long text, at the width of a phone. */
const SHORT_LINES = 8;
const SHORT_CHARS = 320;

function addNext(host: Host, id: string, offset: number | null, article: HTMLElement): void {
  if (offset === null) return;
  const next = button("Read on", async () => {
    next.disabled = true;
    await readInto(host, id, offset, article);
    next.remove();
  });
  article.append(next);
}
