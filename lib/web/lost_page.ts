// What a person sees who opens an address of the gateway that is no page: nothing there, or the address that is for assistants. Programs
// get JSON instead.
import { html } from "@hono/hono/html";
import { BASE_STYLE } from "../../process/look/base_style.ts";
import { pageHeaders } from "./page_headers.ts";
import { pageFrame } from "./page_frame.ts";

/** Whether a person looks at the answer. An MCP client asks for a stream or for JSON, never for a page. */
export function isBrowser({ method, headers }: Request): boolean {
  return (method === "GET" || method === "HEAD") && (headers.get("accept")?.includes("text/html") ?? false);
}

/** The page, with the status and the headers that a program would get, and a way on. */
export async function lostPage(
  { words, status, headers = {}, nonce, ...frame }: LostPage,
): Promise<Response> {
  const { title, text } = WORDS[words];
  const page = await pageFrame(
    { ...frame, title: `${title} – mana-mcp`, style: BASE_STYLE, nonce },
    html`
      <h1>${title}</h1>
      <p>${text}</p>
      <p class="next"><a href="${frame.homePath}">See how to connect an assistant</a></p>
    `,
  );
  return new Response(page, { status, headers: { ...headers, ...pageHeaders(nonce) } });
}

/** What the answer says. */
export interface LostPage {
  readonly words: keyof typeof WORDS;
  readonly status: number;
  /** Headers besides those of a page. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The path of the home page, with a slash at its end. */
  readonly homePath: string;
  readonly version: string;
  readonly nonce: string;
}

const WORDS = {
  nothing: {
    title: "There is no such page",
    text: "Check the address. The gateway has one page of its own, which says how to connect an assistant.",
  },
  endpoint: {
    title: "This address is for assistants",
    text: "It works, but there is nothing to see in a browser: give the address to your assistant instead.",
  },
} as const;
