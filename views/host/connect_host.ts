// A view's way to the app that shows it (MCP Apps, `ui/*` over postMessage). Every host is the same to a view: ChatGPT speaks this
// protocol too, so nothing here reads `window.openai`. Keeps the last result for a view that begins to listen later.
import { type Answer, answerOf } from "./answer.ts";
import { contextWith, firstContext, type HostContext, showContext } from "./host_context.ts";
import { callTool, initialize, initialized, openLink, sizeChanged, updateModelContext } from "./messages.ts";
import { type JsonObject, objectOf } from "./parse.ts";
import { reportHeight } from "./report_height.ts";
import { createRequests, METHOD_NOT_FOUND, type Requests } from "./requests.ts";

/** What the app around a view can do for it. */
export interface Host {
  /** Whether the host hands calls on to the server. False: the view only shows. It turns false when a host says no to the method itself. */
  readonly canCall: boolean;
  /** BCP 47, known to `Intl`. */
  readonly locale: string;
  /** IANA name, known to `Intl`. */
  readonly timeZone: string;
  /** The arguments of the call that the view belongs to; none before they come. A refresh asks for the same again. */
  readonly input: JsonObject;
  /** Calls a tool of the server. Never rejects: the answer says what became of it. */
  call(tool: string, args: Readonly<Record<string, unknown>>): Promise<Answer>;
  /** Whether the host opened the address; else the view shows it as text. */
  openLink(url: string): Promise<boolean>;
  /** Tells the model what the person did here, where the host takes such words. */
  tellModel(text: string): void;
  /** Hears the result of the call that the view belongs to; the last one at once, where it is there already. */
  onResult(fn: (answer: Answer) => void): void;
  /** Hears that the call was given up. */
  onCancelled(fn: () => void): void;
  /** Hears that language, time zone, theme or `canCall` have changed. */
  onContext(fn: () => void): void;
  /** Hears that the host takes the view away. */
  onEnd(fn: () => void): void;
}

/** How long the host may take, in milliseconds. */
const PATIENCE_MS = { initialize: 30_000, call: 60_000, openLink: 60_000 } as const;

/** Words for calls that came to nothing for a reason of the host's. */
const READ_ONLY =
  "This app only shows the view: what you change here cannot be sent on. Ask in the chat instead.";
const NO_ANSWER = "No answer came. It may have been done all the same: refresh to see.";
const HOST_FAILED = "The app could not send this on. Try again, or ask in the chat.";
const ENDED = "The app has closed this view.";

/** Begins the conversation. Rejects with Error, whose words can be shown, where no host answers. */
export async function connectHost(
  { name, version = "1" }: { readonly name: string; readonly version?: string },
): Promise<Host> {
  const state: State = {
    context: firstContext(),
    capabilities: {},
    canCall: false,
    input: {},
    hasEnded: false,
    result: null,
    isCancelled: false,
    resultListeners: [],
    cancelListeners: [],
    contextListeners: [],
    endListeners: [],
  };
  const requests = createRequests({
    view: globalThis.window,
    host: globalThis.parent,
    onTold: (method, params) => hear(state, method, params),
    onAsked(method) {
      if (method === "ping") return {};
      if (method !== "ui/resource-teardown") return undefined;
      // After the answer is on its way.
      queueMicrotask(() => endView(state, requests, stopReporting));
      return {};
    },
  });
  let stopReporting = () => {};
  const reply = await requests.ask(initialize({ name, version }), PATIENCE_MS.initialize);
  if (!reply.ok) {
    requests.end();
    throw new Error("The app that shows this view does not answer.");
  }
  const { hostCapabilities, hostContext } = objectOf(reply.result);
  state.capabilities = objectOf(hostCapabilities);
  state.canCall = "serverTools" in state.capabilities;
  changeContext(state, objectOf(hostContext));
  requests.tell(initialized());
  stopReporting = reportHeight(document.documentElement, (height) => requests.tell(sizeChanged(height)));
  return hostOf(state, requests);
}

interface State {
  context: HostContext;
  capabilities: JsonObject;
  canCall: boolean;
  input: JsonObject;
  hasEnded: boolean;
  result: Answer | null;
  isCancelled: boolean;
  readonly resultListeners: ((answer: Answer) => void)[];
  readonly cancelListeners: (() => void)[];
  readonly contextListeners: (() => void)[];
  readonly endListeners: (() => void)[];
}

function hostOf(state: State, requests: Requests): Host {
  return {
    get canCall() {
      return state.canCall;
    },
    get locale() {
      return state.context.locale;
    },
    get timeZone() {
      return state.context.timeZone;
    },
    get input() {
      return state.input;
    },
    async call(tool, args) {
      if (state.hasEnded) return { kind: "failed", words: ENDED };
      if (!state.canCall) return { kind: "failed", words: READ_ONLY };
      const reply = await requests.ask(callTool(tool, args), PATIENCE_MS.call);
      if (reply.ok) return answerOf(reply.result);
      if (reply.code !== METHOD_NOT_FOUND) {
        return { kind: "failed", words: reply.code === null ? NO_ANSWER : HOST_FAILED };
      }
      state.canCall = false;
      for (const fn of state.contextListeners) fn();
      return { kind: "failed", words: READ_ONLY };
    },
    async openLink(url) {
      if (state.hasEnded || !("openLinks" in state.capabilities)) return false;
      const reply = await requests.ask(openLink(url), PATIENCE_MS.openLink);
      return reply.ok && objectOf(reply.result).isError !== true;
    },
    tellModel(text) {
      if (state.hasEnded || !("updateModelContext" in state.capabilities)) return;
      void requests.ask(updateModelContext(text), PATIENCE_MS.call);
    },
    onResult(fn) {
      state.resultListeners.push(fn);
      if (state.result !== null) fn(state.result);
    },
    onCancelled(fn) {
      state.cancelListeners.push(fn);
      if (state.isCancelled) fn();
    },
    onContext: (fn) => void state.contextListeners.push(fn),
    onEnd: (fn) => void state.endListeners.push(fn),
  };
}

/** What the host tells. Arguments that are still being written (`tool-input-partial`) are of no use to a view. */
function hear(state: State, method: string, params: JsonObject): void {
  if (method === "ui/notifications/tool-result") {
    const answer = answerOf(params);
    state.result = answer;
    for (const fn of state.resultListeners) fn(answer);
  } else if (method === "ui/notifications/tool-input") {
    state.input = objectOf(params.arguments);
  } else if (method === "ui/notifications/tool-cancelled") {
    state.isCancelled = true;
    for (const fn of state.cancelListeners) fn();
  } else if (method === "ui/notifications/host-context-changed") {
    changeContext(state, params);
    for (const fn of state.contextListeners) fn();
  }
}

function changeContext(state: State, changes: JsonObject): void {
  state.context = contextWith(state.context, changes);
  showContext(state.context, document.documentElement);
}

function endView(state: State, requests: Requests, stopReporting: () => void): void {
  state.hasEnded = true;
  stopReporting();
  requests.end();
  for (const fn of state.endListeners) fn();
}
