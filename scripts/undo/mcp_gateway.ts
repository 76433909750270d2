// The gateway as `deno task undo` asks it: over MCP, with the official client, as any agent would. The client says that it can open an
// address for the person (MCP 2025-11-25, elicitation, URL mode), so a call that waits for the person's own page comes with its address.
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { z } from "zod";
import { hasVisible } from "../../lib/kit/has_visible.ts";

/** Connects. Throws {@link NoAnswer}. `await using` ends it. */
export async function connectGateway({ url, token, fetch }: GatewayAddress): Promise<McpGateway> {
  const client = new Client({ name: "deno task undo", version: "1" }, {
    capabilities: { elicitation: { url: {} } },
    versionNegotiation: { mode: { pin: "2026-07-28" } },
  });
  let page: string | null = null;
  client.setRequestHandler("elicitation/create", ({ params }) => {
    // Only the page of the gateway's sign-in server may decide, and only the person opens it: nothing is answered here.
    if (!("url" in params)) return { action: "cancel" };
    page = params.url;
    return { action: "accept" };
  });
  let status = 0;
  const transport = new StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers: { authorization: `Bearer ${token}` } },
    fetch: async (input, init) => {
      // A redirect is not followed: the token is for this address.
      const response = await fetch(input, { ...init, redirect: "manual" });
      status = response.status;
      return response;
    },
  });
  const asked = async <Answer>(work: () => Promise<Answer>): Promise<Answer> => {
    status = 0;
    try {
      return await work();
    } catch {
      // What the library says of a failure may hold the answer's text, which is the other side's.
      throw new NoAnswer(status);
    }
  };
  await asked(() => client.connect(transport, { timeout: CONNECT_MS }));
  return Object.freeze({
    async call(name: string, args: Readonly<Record<string, unknown>>): Promise<CallAnswer> {
      page = null;
      const result = await asked(() =>
        client.callTool({ name, arguments: { ...args } }, { timeout: TIMEOUT_MS })
      );
      if (result.isError !== true) return { kind: "output", output: result.structuredContent };
      const address = approvalAddress(page);
      if (address !== null) return { kind: "waits", ...address };
      const text = result.content.flatMap((block) => block.type === "text" ? [block.text] : []).join("\n");
      return { kind: "refused", words: hasVisible(text) ? text : "The gateway refused it." };
    },
    [Symbol.asyncDispose]: () => client.close(),
  });
}

/** Where the gateway is, and whose token it is shown. */
export interface GatewayAddress {
  readonly url: string;
  readonly token: string;
  readonly fetch: typeof globalThis.fetch;
}

/** Calls tools of the gateway. */
export interface McpGateway extends AsyncDisposable {
  /** Throws {@link NoAnswer} where the gateway cannot be asked. */
  call(name: string, args: Readonly<Record<string, unknown>>): Promise<CallAnswer>;
}

/** What a tool answers, why it does not, or where the person decides about the call. */
export type CallAnswer =
  | { readonly kind: "output"; readonly output: unknown }
  | { readonly kind: "refused"; readonly words: string }
  | { readonly kind: "waits"; readonly url: string; readonly id: string };

/** The gateway gave no answer that counts; the message says what to do. */
export class NoAnswer extends Error {
  /** HTTP status of the answer; 0 where there was none. */
  readonly status: number;

  constructor(status: number) {
    super(wordsOf(status));
    this.status = status;
  }
}

/** A gateway says at once what it can do; what is none may never answer. */
const CONNECT_MS = 20_000;
/** Longer than the gateway itself lets a call take. */
const TIMEOUT_MS = 120_000;

/** The page of one request, `<issuer>/approvals/<id>`. Null for anything else: nobody is sent to another kind of address. */
function approvalAddress(url: string | null): { readonly url: string; readonly id: string } | null {
  const address = Url.safeParse(url);
  if (!address.success) return null;
  const { href, pathname } = new URL(address.data);
  const [, id = null] = /\/approvals\/([0-9a-f]{32})$/.exec(pathname) ?? [];
  return id === null ? null : { url: href, id };
}

const Url = z.url({ protocol: /^https?$/ });

function wordsOf(status: number): string {
  if (status === 0) return "The gateway cannot be reached: check the address, and that it runs.";
  if (status === 401) {
    return "The gateway does not take the token: it is over after 15 minutes, so get a new one.";
  }
  if (status === 403) {
    return "The gateway does not answer under this address: use the one that your clients have.";
  }
  if (status >= 300 && status < 400) return "The address redirects: give the address that it leads to.";
  if (status === 404 || status === 405) return "There is no gateway at this address: it ends with /mcp.";
  if (status === 429) return "The gateway had too many requests: try again in a minute.";
  if (status >= 500) return `The gateway is not available (${status}): try again later.`;
  return "That is no answer of a mana-mcp gateway: check the address.";
}
