// What every view has around its own part: title, what the gateway remarks, what became of things, and how old the data is. A view draws
// what its tool answered; it is inert ten minutes later, since an older frame of the same list stays in the chat and can still be pressed.
import type { Answer } from "../host/answer.ts";
import { connectHost, type Host } from "../host/connect_host.ts";
import { type JsonObject, textsOf } from "../host/parse.ts";
import { button, html } from "./element.ts";

/** Data of this age is not acted on any more, in milliseconds. */
export const FRESH_MS = 10 * 60_000;

/** One view. */
export interface ViewPart {
  /** As in the URI of the resource. */
  readonly name: string;
  readonly title: string;
  /** The tool whose result the view shows, by its name in calls, where it may be called again to refresh; else there is no refresh. */
  readonly tool?: string;
  /** The arguments of a refresh; those of the first call where this is left out. */
  refreshArguments?(input: JsonObject): JsonObject;
  /** Draws into `frame.body`, which is empty then. Throws Error where the data is not what the tool gives. */
  draw(frame: Frame, data: JsonObject, meta: JsonObject): void;
  /** Draws what a refused call says; true where the view has its own way to show it. */
  drawRefusal?(frame: Frame, words: string, meta: JsonObject): boolean;
}

/** What a view works with. */
export interface Frame {
  readonly host: Host;
  /** The view's own part. */
  readonly body: HTMLElement;
  /** Says what became of something, for eyes and screen readers. With `undo`, a button beside the words. */
  say(words: string, undo?: { readonly words: string; readonly act: () => void }): void;
  /** Whether the data is young enough to act on. Says so, and shows the way to refresh, where it is not. */
  demandFresh(): boolean;
  /** Asks the tool again and draws anew. */
  refresh(): Promise<void>;
}

/**
 * Connects to the host and shows the view. Elements with the attribute `data-writes` are hidden where the host hands no calls on, and
 * disabled once the data is old.
 */
export async function startView(part: ViewPart): Promise<void> {
  const parts = layOut(part.title);
  const wait = (words: string) =>
    parts.body.replaceChildren(html("p", { attributes: { class: "state" } }, words));
  wait("Loading…");
  let host: Host;
  try {
    host = await connectHost({ name: `mana-${part.name}` });
  } catch (error) {
    wait(error instanceof Error ? error.message : "The app that shows this view does not answer.");
    return;
  }
  const state: State = { part, host, parts, drawnAt: null, timer: 0, hasEnded: false };
  const frame: Frame = {
    host,
    body: parts.body,
    say: (words, undo) => say(parts, words, undo),
    demandFresh: () => demandFresh(state),
    refresh: () => refresh(state, frame),
  };
  parts.refresh.addEventListener("click", () => void frame.refresh());
  host.onCancelled(() => {
    if (state.drawnAt === null) wait("The call was cancelled, so there is nothing to show.");
  });
  host.onContext(() => showAbilities(state));
  host.onResult((answer) => show(state, frame, answer));
  host.onEnd(() => {
    state.hasEnded = true;
    showAbilities(state);
  });
  showAbilities(state);
}

interface State {
  readonly part: ViewPart;
  readonly host: Host;
  readonly parts: Parts;
  /** `performance.now()` of the data on show; null where there is none, or where it is too old to be acted on. */
  drawnAt: number | null;
  timer: number;
  hasEnded: boolean;
}

interface Parts {
  readonly remarks: HTMLElement;
  readonly body: HTMLElement;
  readonly status: HTMLElement;
  readonly age: HTMLElement;
  readonly refresh: HTMLButtonElement;
}

function layOut(title: string): Parts {
  const remarks = html("ul", { attributes: { class: "remarks", hidden: true } });
  const body = html("div", { attributes: { class: "body" } });
  const status = html("p", { attributes: { class: "status", role: "status" } });
  const age = html("span");
  const refresh = button("Refresh", () => {}, { class: "quiet" });
  refresh.hidden = true;
  document.body.replaceChildren(html(
    "main",
    {},
    html("header", {}, html("h1", {}, title), html("div", { attributes: { class: "age" } }, age, refresh)),
    remarks,
    body,
    status,
  ));
  return { remarks, body, status, age, refresh };
}

function show(state: State, frame: Frame, answer: Answer): void {
  const { parts, part, host } = state;
  clearTimeout(state.timer);
  parts.body.replaceChildren();
  say(parts, "");
  const remarks = answer.kind === "done" ? textsOf(answer.data.remarks) : [];
  parts.remarks.replaceChildren(...remarks.map((words) => html("li", {}, words)));
  parts.remarks.hidden = remarks.length === 0;
  if (answer.kind === "done") {
    state.drawnAt = performance.now();
    state.timer = setTimeout(() => showAbilities(state), FRESH_MS);
    try {
      part.draw(frame, answer.data, answer.meta);
    } catch {
      parts.body.replaceChildren(
        html("p", { attributes: { class: "state" } }, "This answer cannot be shown here."),
      );
    }
  } else if (answer.kind === "failed" || !drawsRefusal(part, frame, answer)) {
    parts.body.replaceChildren(html("p", { attributes: { class: "state" } }, answer.words));
  }
  parts.age.textContent = answer.kind === "done" && host.canCall && part.tool !== undefined
    ? `As of ${
      new Intl.DateTimeFormat(host.locale, { timeStyle: "short", timeZone: host.timeZone }).format()
    }`
    : "";
  showAbilities(state);
}

async function refresh(state: State, frame: Frame): Promise<void> {
  const { part, host, parts } = state;
  if (part.tool === undefined) return;
  parts.refresh.disabled = true;
  const args = part.refreshArguments?.(host.input) ?? host.input;
  const answer = await host.call(part.tool, args);
  parts.refresh.disabled = false;
  if (answer.kind === "done") show(state, frame, answer);
  else say(parts, answer.words);
  if (parts.refresh.hidden === false) parts.refresh.focus();
}

function isFresh({ drawnAt, hasEnded }: State): boolean {
  return !hasEnded && drawnAt !== null && performance.now() - drawnAt < FRESH_MS;
}

function demandFresh(state: State): boolean {
  showAbilities(state);
  if (isFresh(state)) return true;
  say(state.parts, "What you see is more than ten minutes old. Refresh before you change anything.");
  return false;
}

/** Shows what can be done now: all, or nothing but a refresh, or nothing at all. */
function showAbilities(state: State): void {
  const { host, parts } = state;
  const fresh = isFresh(state);
  document.documentElement.dataset.calls = host.canCall && !state.hasEnded ? "yes" : "no";
  parts.refresh.hidden = state.part.tool === undefined || !host.canCall || state.hasEnded ||
    state.drawnAt === null;
  parts.refresh.classList.toggle("wanted", !fresh);
  for (const one of parts.body.querySelectorAll("[data-writes]")) one.toggleAttribute("disabled", !fresh);
}

function say(parts: Parts, words: string, undo?: { readonly words: string; readonly act: () => void }): void {
  parts.status.replaceChildren(words);
  if (undo !== undefined) parts.status.append(" ", button(undo.words, undo.act, { class: "quiet" }));
}

/** Whether the view itself shows the refusal. */
function drawsRefusal(
  part: ViewPart,
  frame: Frame,
  answer: Extract<Answer, { readonly kind: "refused" }>,
): boolean {
  try {
    return part.drawRefusal?.(frame, answer.words, answer.meta) === true;
  } catch {
    return false;
  }
}
