// Answers whoever asks for the mark: browsers for their tabs, phones for their home screen, chat apps for their list of connectors.
// The same for everybody; knows no server.
import { ICON_SVG } from "./icon.ts";
import { ICON_ICO, ICON_TOUCH } from "./icon_bytes.ts";

/** Where the mark is, below the path of a server. */
export const ICON_PATHS = ["/icon.svg", "/favicon.ico", "/apple-touch-icon.png"] as const;

/** The mark at one of {@link ICON_PATHS}. Browsers keep it for a day. */
export function iconAnswer(path: typeof ICON_PATHS[number]): Response {
  const [body, type] = PICTURES[path];
  return new Response(body, {
    headers: {
      "content-type": type,
      // An SVG that is opened by itself is a document of this origin: it may run and load nothing.
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
      "x-content-type-options": "nosniff",
      "cache-control": "public, max-age=86400",
    },
  });
}

const PICTURES = {
  "/icon.svg": [ICON_SVG, "image/svg+xml"],
  "/favicon.ico": [ICON_ICO, "image/vnd.microsoft.icon"],
  "/apple-touch-icon.png": [ICON_TOUCH, "image/png"],
} as const;
