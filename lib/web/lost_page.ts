// What a person sees who opens an address of the gateway that is no page. Programs get JSON instead.
import { html } from "@hono/hono/html";
import { BASE_STYLE } from "../../process/look/base_style.ts";
import { pageHeaders } from "./page_headers.ts";
import { pageFrame } from "./page_frame.ts";

/** The page, with the status that a program would get, and a way on. */
export async function lostPage(
  { nonce, ...frame }: LostPage,
): Promise<Response> {
  const page = await pageFrame(
    { ...frame, title: `${TITLE} – mana-mcp`, style: BASE_STYLE, nonce },
    html`
      <h1>${TITLE}</h1>
      <p>Check the address. The gateway has one page of its own, which says how to connect an assistant.</p>
      <p class="next"><a href="${frame.homePath}">See how to connect an assistant</a></p>
    `,
  );
  return new Response(page, { status: 404, headers: pageHeaders(nonce) });
}

/** What the page needs to know. */
export interface LostPage {
  /** The path of the home page, with a slash at its end. */
  readonly homePath: string;
  readonly version: string;
  readonly nonce: string;
}

const TITLE = "There is no such page";
