// How people connect each client: the words and the texts to paste, for the home page. Pure.

/** How to connect each client that people use to the gateway at `mcpUrl`. */
export function clientGuides(mcpUrl: string): readonly ClientGuide[] {
  const server = { type: "http", url: mcpUrl };
  // Claude and ChatGPT call from the computers of their makers, which reach public addresses only.
  const isReachable = new URL(mcpUrl).protocol === "https:";
  const fromOutside = (words: string) =>
    isReachable
      ? words
      : `${words} It calls from outside, so the gateway first needs a public https address (PUBLIC_URL).`;
  return [
    {
      name: "Claude Code",
      words: "Paste this into a terminal.",
      text: `claude mcp add --transport http mana ${mcpUrl}`,
    },
    {
      name: "Claude Desktop and claude.ai",
      words: fromOutside("Settings → Connectors → Add custom connector, then paste this address."),
      ...(isReachable ? { text: mcpUrl } : {}),
    },
    {
      name: "ChatGPT",
      words: fromOutside("Settings → Apps & Connectors → Developer mode → Create, then paste this address."),
      ...(isReachable ? { text: mcpUrl } : {}),
    },
    {
      name: "Cursor",
      words: "One click, or paste this into .cursor/mcp.json.",
      text: JSON.stringify({ mcpServers: { mana: { url: mcpUrl } } }, null, 2),
      link: `cursor://anysphere.cursor-deeplink/mcp/install?name=mana&settings=${
        encodeURIComponent(btoa(JSON.stringify({ url: mcpUrl })))
      }`,
    },
    {
      name: "VS Code",
      words: "One click, or paste this into .vscode/mcp.json.",
      text: JSON.stringify({ servers: { mana: server } }, null, 2),
      link: `vscode:mcp/install?${encodeURIComponent(JSON.stringify({ name: "mana", ...server }))}`,
    },
    {
      name: "Others",
      words: "Anything that reads .mcp.json.",
      text: JSON.stringify({ mcpServers: { mana: server } }, null, 2),
    },
  ];
}

/** How to connect the clients that take a token, where the auth service signs no client in. */
export function tokenGuides(mcpUrl: string): readonly ClientGuide[] {
  const headers = { Authorization: "Bearer TOKEN" };
  return [
    {
      name: "Claude Code",
      words: "Paste this into a terminal.",
      text: `claude mcp add --transport http mana ${mcpUrl} --header "Authorization: Bearer TOKEN"`,
    },
    {
      name: "Others",
      words: "Anything that reads .mcp.json.",
      text: JSON.stringify({ mcpServers: { mana: { type: "http", url: mcpUrl, headers } } }, null, 2),
    },
  ];
}

/** How to connect one client. */
export interface ClientGuide {
  readonly name: string;
  readonly words: string;
  /** Text to paste; absent where there is none. */
  readonly text?: string;
  /** A link that the client opens; absent where it has none. */
  readonly link?: string;
}
