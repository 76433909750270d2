// What the host says of the place in which a view is shown: theme, colours, language, time zone, margins.
import { isObject, type JsonObject, objectOf, textOf } from "./parse.ts";

/** The place of a view. */
export interface HostContext {
  readonly theme: "light" | "dark" | null;
  /** CSS variables by name, with values that fetch nothing. */
  readonly variables: Readonly<Record<string, string>>;
  /** A language that `Intl` knows. */
  readonly locale: string;
  /** A time zone that `Intl` knows. */
  readonly timeZone: string;
  /** In CSS pixels: top, right, bottom, left. */
  readonly insets: readonly [number, number, number, number];
}

/** What a view starts with: the browser's own language and time zone. */
export function firstContext(): HostContext {
  const { locale, timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  return { theme: null, variables: {}, locale, timeZone, insets: [0, 0, 0, 0] };
}

/** The context with what a host has changed of it. What is not there or makes no sense leaves things as they were. */
export function contextWith(before: HostContext, changes: JsonObject): HostContext {
  const { theme, styles, locale, timeZone, safeAreaInsets } = changes;
  const variables = objectOf(styles).variables;
  return {
    theme: theme === "light" || theme === "dark" ? theme : before.theme,
    variables: isObject(variables) ? { ...before.variables, ...safeVariables(variables) } : before.variables,
    locale: known(textOf(locale), (one) => new Intl.NumberFormat(one)) ?? before.locale,
    timeZone: known(textOf(timeZone), (one) => new Intl.DateTimeFormat("en", { timeZone: one })) ??
      before.timeZone,
    insets: isObject(safeAreaInsets) ? insetsOf(safeAreaInsets) : before.insets,
  };
}

/**
 * Puts theme, variables and margins on the page. By CSSOM, which a content security policy without 'unsafe-inline' lets pass. The fonts
 * that a host offers as `@font-face` are left out: they would be fetched, and a view fetches nothing.
 */
export function showContext({ theme, variables, insets }: HostContext, root: HTMLElement): void {
  if (theme !== null) {
    root.dataset.theme = theme;
    // A frame whose scheme is not that of the page around it gets an opaque ground from the browser.
    root.style.colorScheme = theme;
  }
  for (const [name, value] of Object.entries(variables)) root.style.setProperty(name, value);
  root.style.padding = insets.map((px) => `${px}px`).join(" ");
}

function safeVariables(given: JsonObject): Record<string, string> {
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) =>
      /^--(color|font|border|shadow)-[a-z0-9-]{1,60}$/.test(name) && typeof value === "string" &&
        // A picture or font behind an address would be a request: nothing leaves a view.
        value.length <= 300 && !/url|image|src|[\\;{}]/i.test(value)
        ? [[name, value]]
        : []
    ),
  );
}

function known(name: string | null, use: (name: string) => unknown): string | null {
  if (name === null) return null;
  try {
    use(name);
    return name;
  } catch {
    return null;
  }
}

function insetsOf({ top, right, bottom, left }: JsonObject): HostContext["insets"] {
  const px = (value: unknown) => typeof value === "number" && value >= 0 && value <= 100 ? value : 0;
  return [px(top), px(right), px(bottom), px(left)];
}
