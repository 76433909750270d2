import { createMask, type Json } from "./mask.ts";

/** How an answer is compared: all of it, the types of its members, its status alone, or not at all. */
export type Compare = "exact" | "shape" | "status" | "noted";

/** One question and its answer, with placeholders for what differs from run to run. */
export interface Answer {
  readonly name: string;
  readonly compare: Compare;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers: Record<string, string>;
    readonly body?: Json;
  };
  readonly response: {
    readonly status: number;
    readonly contentType: string;
    readonly cookies?: string[];
    readonly body: Json;
  };
}

/** What a question may carry besides its name, method and path. */
export interface Question {
  readonly base?: string;
  readonly headers?: Record<string, string>;
  readonly body?: Json;
  /** A body sent as it is. */
  readonly raw?: string;
  readonly compare?: Compare;
  /** What to keep of a large answer. */
  readonly keep?: (body: Json) => Json;
}

/** An answer as the next question needs it. */
export interface Reply {
  readonly body: Json;
  readonly cookie: string;
}

/** The two services under question. */
export interface ProbeTarget {
  /** Base URL of auth and vault. */
  readonly auth: string;
  /** Base URL of sync. */
  readonly sync: string;
  readonly serviceKey: string;
  readonly fetch: typeof fetch;
  /** Confirms an e-mail address where the service insists on it. */
  readonly verify: (email: string) => Promise<void>;
}

/** Asks and writes down. */
export interface Transcript {
  readonly target: ProbeTarget;
  readonly answers: readonly Answer[];
  /** A word that is new in every run. */
  readonly run: string;
  /** Shows a value as `{{name}}` from now on, and returns it as text. */
  remember(value: Json | undefined, name: string): string;
  mask(value: Json): Json;
  ask(name: string, method: string, path: string, question?: Question): Promise<Reply>;
  add(answer: Answer): void;
}

/** Starts an empty transcript. */
export function createTranscript(target: ProbeTarget): Transcript {
  const answers: Answer[] = [];
  const { mask, remember, placeholderOf } = createMask();

  const showHeader = (name: string, value: string): string => {
    if (name === "cookie") return "<session cookie>";
    if (name === "authorization" && value.startsWith("Bearer eyJ")) {
      return `Bearer ${placeholderOf(value.slice(7)) ?? "<jwt>"}`;
    }
    return value === target.serviceKey ? "<service key>" : value;
  };

  return {
    target,
    answers,
    run: crypto.randomUUID().slice(0, 8),
    remember,
    mask,
    add: (answer) => void answers.push(answer),
    async ask(name, method, path, question = {}) {
      const headers: Record<string, string> = { ...question.headers };
      if (question.body !== undefined) headers["content-type"] ??= "application/json";
      const body = question.body === undefined ? question.raw : JSON.stringify(question.body);
      const response = await target.fetch((question.base ?? target.sync) + path, {
        method,
        headers,
        redirect: "manual",
        ...(body === undefined ? {} : { body }),
      });
      const type = response.headers.get("content-type") ?? "";
      const parsed = parse(await response.text(), type);
      const cookies = response.headers.getSetCookie();
      const names = cookies.map((cookie) => nameOf(cookie).replace(/^__Secure-/, "")).sort();
      const shown = Object.fromEntries(
        Object.entries(headers).map(([k, v]) => [k, maskText(showHeader(k, v))]),
      );
      answers.push({
        name,
        compare: question.compare ?? "exact",
        request: {
          method,
          path: maskText(path),
          headers: shown,
          ...(question.body === undefined ? {} : { body: mask(question.body) }),
        },
        response: {
          status: response.status,
          contentType: mediaType(type),
          ...(names.length > 0 ? { cookies: names } : {}),
          body: mask(question.keep ? question.keep(parsed) : parsed),
        },
      });
      return { body: parsed, cookie: cookies.map((cookie) => cookie.split(";")[0]).join("; ") };
    },
  };

  function maskText(text: string): string {
    return String(mask(text));
  }
}

/** `text/plain; charset=utf-8` → `text/plain`. */
export function mediaType(contentType: string): string {
  return contentType.split(";")[0] ?? "";
}

function nameOf(cookie: string): string {
  return cookie.split("=")[0] ?? "";
}

function parse(text: string, contentType: string): Json {
  if (!contentType.includes("json")) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
