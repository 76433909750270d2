// The approval card: a call waits for the person's yes, and the yes is given on their own page. The card shows what was asked and the way
// there. It has no yes of its own: whatever draws in a chat could press it.
import { type JsonObject, textOf } from "../host/parse.ts";
import { button, html } from "../kit/element.ts";
import { showFirst } from "../kit/first_rows.ts";
import { openPage } from "../kit/open_page.ts";
import { type Frame, startView } from "../kit/start_view.ts";
import { askedChanges } from "./asked_changes.ts";
import { type Waiting, waitingOf } from "./waiting.ts";

void startView({
  name: "approval",
  title: "Approval",
  draw(frame) {
    frame.body.append(paragraph("This was done. Nothing waits for you."));
  },
  drawRefusal(frame, words, meta) {
    const waiting = waitingOf(meta);
    if (waiting === null) {
      frame.body.append(paragraph(words), paragraph("Nothing waits for you here.", "soft"));
    } else drawWaiting(frame, waiting);
    return true;
  },
});

/** What `approvals_get` answers, in words. */
const STATUS: ReadonlyMap<string, string> = new Map([
  ["open", "This waits for you. Nothing is changed before you say yes on your own page."],
  ["done", "You allowed this, and it was done."],
  ["declined", "You said no. Nothing was changed."],
  ["expired", "Nobody decided in time. Nothing was changed."],
  ["unknown", "You allowed this, but it is not certain that everything is stored. Your page says more."],
]);

function drawWaiting({ host, body }: Frame, waiting: Waiting): void {
  const isOver = waiting.until !== null && waiting.until <= Date.now();
  const outcome = html("p", { attributes: { class: "outcome", role: "status" } });
  const look = button("See what became of it", async () => {
    look.disabled = true;
    outcome.textContent = await outcomeOf(host, waiting.id);
    look.disabled = false;
  });
  const way = openPage(host, "Decide on your page", waiting.url);
  body.append(
    html("h2", {}, waiting.title),
    paragraph(
      isOver
        ? "The time to decide is over. Nothing was changed unless you allowed it before."
        : untilWords(host, waiting.until),
    ),
    ...changesList(host.input),
    paragraph(
      "What it changes, and what stood there before, is on your page. Only you can say yes, and only there.",
      "soft",
    ),
    html("div", { attributes: { class: "ways" } }, isOver ? null : way, host.canCall ? look : null),
    outcome,
  );
}

/** Short at first: the way to the page has to be seen without a scroll. */
const FIRST_FIELDS = 4;

function changesList(input: JsonObject): HTMLElement[] {
  const { changes, left } = askedChanges(input);
  if (changes.length === 0) return [];
  const rows = changes.map(({ field, value, isCut }) =>
    html(
      "div",
      {},
      html("dt", {}, field),
      html("dd", { attributes: { dir: "auto" } }, html("ins", {}, value), isCut ? " … (cut)" : null),
    )
  );
  const more = showFirst(rows, FIRST_FIELDS);
  return [
    html("h3", {}, "What the assistant asked for"),
    html("dl", { attributes: { class: "changes" } }, ...rows),
    ...(more === null ? [] : [more]),
    ...(left === 0 ? [] : [paragraph(`${left} more on your page.`, "soft")]),
  ];
}

function untilWords(host: Frame["host"], until: number | null): string {
  const waits = "This waits for your yes. Nothing is changed before.";
  if (until === null) return waits;
  const time = new Intl.DateTimeFormat(host.locale, { timeStyle: "short", timeZone: host.timeZone }).format(
    until,
  );
  return `${waits} You can decide until ${time}.`;
}

async function outcomeOf(host: Frame["host"], id: string): Promise<string> {
  const answer = await host.call("approvals_get", { id });
  if (answer.kind !== "done") return answer.words;
  return STATUS.get(textOf(answer.data.status) ?? "") ??
    "It is not known what became of it. Your page says more.";
}

function paragraph(words: string, kind = ""): HTMLElement {
  return html("p", { attributes: { class: kind } }, words);
}
