// What an origin is: both processes demand it of `CORS_ORIGINS`. Imports nothing.

/**
 * Whether a text is an origin exactly as browsers send it. Pages of an application (`app://`, `capacitor://`,
 * `vscode-webview://`) send an origin too, though the URL standard calls theirs opaque. A page of `file:` sends `null`,
 * which tells nobody apart.
 */
export function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { origin, protocol } = new URL(text);
  if (protocol === "http:" || protocol === "https:") return origin === text;
  return origin === "null" && protocol !== "file:" && APP_ORIGIN.test(text);
}

/** Origins of web views, whose scheme is not http: scheme and host in lower case, nothing behind. */
const APP_ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[a-z0-9._-]+(:\d{1,5})?$/;
