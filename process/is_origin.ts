/** What browsers and web views send as Origin where it is no http origin: scheme and host in lower case, nothing behind. */
const APP_ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[a-z0-9._-]+(:\d{1,5})?$/;

/**
 * Whether a text is an origin exactly as it is sent, which both processes demand of `CORS_ORIGINS`. Pages of an application
 * (`app://`, `capacitor://`, `vscode-webview://`) send one too, though the URL standard calls theirs opaque. A page of
 * `file:` sends `null`, which tells nobody apart.
 */
export function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { origin, protocol } = new URL(text);
  if (protocol === "http:" || protocol === "https:") return origin === text;
  return origin === "null" && protocol !== "file:" && APP_ORIGIN.test(text);
}
