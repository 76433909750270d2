// What a person sees who opens the address of the MCP endpoint in a browser: what it is for, and the way to connect an assistant. Only
// the body of a refusal changes; its status and its challenge, by which assistants find the sign-in, stay. Says nothing about a person.
import { html } from "@hono/hono/html";
import { BASE_STYLE } from "../../process/look/base_style.ts";
import type { RefuseRequest } from "../entry/refuse_request.ts";
import type { AuthorizationServer } from "../people/authorization_server.ts";
import type { GatewayAddress } from "../people/gateway_address.ts";
import { homePathOf } from "./home_page.ts";
import { isBrowser } from "./is_browser.ts";
import { pageFrame } from "./page_frame.ts";
import { pageHeaders } from "./page_headers.ts";

/** Creates the answer to what was thrown at the endpoint: the page for a person without a token, else what `refuse` answers. */
export function createRefuseAtAddress(
  deps: AddressPageDeps,
): (...refused: Parameters<RefuseRequest>) => Response | Promise<Response> {
  return (thrown, request, log, route) => {
    const answer = deps.refuse(thrown, request, log, route);
    return isFirstLook(request, answer) ? addressPage(deps, request, answer) : answer;
  };
}

/** Dependencies of {@link createRefuseAtAddress}. */
export interface AddressPageDeps {
  readonly refuse: RefuseRequest;
  readonly address: Pick<GatewayAddress, "urlFor">;
  readonly authorizationServer: Pick<AuthorizationServer, "named">;
  readonly version: string;
  /** A random UUID. */
  readonly newId: () => string;
}

/** 401 is what a GET without a token gets, 405 what a HEAD gets. A gateway that is busy or stops says so in its own words. */
function isFirstLook(request: Request, { status }: Response): boolean {
  return (status === 401 || status === 405) && isBrowser(request) && !request.headers.has("authorization");
}

async function addressPage(deps: AddressPageDeps, request: Request, refused: Response): Promise<Response> {
  const { address, authorizationServer, newId, version } = deps;
  const mcpUrl = address.urlFor(request);
  const homePath = homePathOf(mcpUrl);
  const nonce = newId().replaceAll("-", "");
  const canSignIn = authorizationServer.named().length > 0;
  const page = await pageFrame(
    { title: `${TITLE} – mana-mcp`, homePath, version, style: BASE_STYLE, nonce },
    html`
      <h1>${TITLE}</h1>
      <p>An assistant, such as Claude, ChatGPT or Cursor, connects here to work with your data, as far as you allow it. In a browser there is nothing more to see.</p>
      <h2>Connect your assistant</h2>
      <ol>
        <li>Copy this address: <code>${mcpUrl}</code></li>
        <li>In your assistant, add it as a connector, which some call an MCP server.</li>
        <li>${canSignIn
          ? "The assistant opens a browser window. Sign in there, and choose what it may do."
          : "Nobody can sign in from the assistant here, so it needs your own token: the next page says where it goes."}</li>
      </ol>
      <p class="next"><a href="${homePath}">See the steps for your assistant</a></p>
    `,
  );
  const headers = new Headers(refused.headers);
  for (const [name, value] of Object.entries(pageHeaders(nonce))) headers.set(name, value);
  return new Response(request.method === "HEAD" ? null : page, { status: refused.status, headers });
}

const TITLE = "This address is for assistants";
