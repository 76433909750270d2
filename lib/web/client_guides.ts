// How people connect each client: the words and the texts to paste, for the home page, as each client's own documentation says it.
// tests/real_clients drives several of them with the same forms. Pure.

/** How to connect each client that people use to the gateway at `mcpUrl`, which has the person sign in. */
export function clientGuides(mcpUrl: string): readonly ClientGuide[] {
  return [...chatsAndEditors(mcpUrl), ...terminalsAndOthers(mcpUrl)];
}

function chatsAndEditors(mcpUrl: string): readonly ClientGuide[] {
  const server = { type: "http", url: mcpUrl };
  return [
    {
      id: "claude-code",
      name: "Claude Code",
      steps: [{
        words: "Paste this into a terminal. Then type /mcp in Claude Code, and sign in.",
        text: `claude mcp add --transport http mana ${mcpUrl}`,
      }],
    },
    {
      id: "claude",
      name: "Claude Desktop and claude.ai",
      steps: fromOutside(
        mcpUrl,
        "Customize → Connectors → + → Add custom connector, then paste this address.",
      ),
    },
    {
      id: "chatgpt",
      name: "ChatGPT",
      steps: fromOutside(
        mcpUrl,
        "On chatgpt.com: Plugins → + → Add custom MCP server, then paste this address as the server URL and choose OAuth. " +
          "If the choice is missing, turn on Developer mode in the settings first.",
      ),
    },
    {
      id: "cursor",
      name: "Cursor",
      link: `cursor://anysphere.cursor-deeplink/mcp/install?name=mana&config=${
        encodeURIComponent(btoa(JSON.stringify({ url: mcpUrl })))
      }`,
      steps: [{
        words: "Or paste this into ~/.cursor/mcp.json.",
        text: inJson({ mcpServers: { mana: { url: mcpUrl } } }),
      }],
    },
    {
      id: "vscode",
      name: "VS Code",
      link: `vscode:mcp/install?${encodeURIComponent(JSON.stringify({ name: "mana", ...server }))}`,
      steps: [{ words: "Or paste this into .vscode/mcp.json.", text: inJson({ servers: { mana: server } }) }],
    },
  ];
}

function terminalsAndOthers(mcpUrl: string): readonly ClientGuide[] {
  return [
    {
      id: "codex",
      name: "Codex",
      steps: [
        {
          words: "Paste this into a terminal. It opens the sign-in.",
          text: `codex mcp add mana --url ${mcpUrl}`,
        },
        { words: "To sign in later, or again:", text: "codex mcp login mana" },
      ],
    },
    {
      id: "gemini",
      name: "Gemini CLI",
      steps: [{
        words: "Paste this into a terminal. Then type /mcp auth mana in Gemini CLI.",
        text: `gemini mcp add --scope user --transport http mana ${mcpUrl}`,
      }],
    },
    {
      id: "opencode",
      name: "opencode",
      steps: [
        {
          words: "Paste this into opencode.json.",
          text: inJson({ mcp: { servers: { mana: { type: "remote", url: mcpUrl } } } }),
        },
        {
          words: "In version 1 it is this:",
          text: inJson({ mcp: { mana: { type: "remote", url: mcpUrl, enabled: true } } }),
        },
      ],
    },
    {
      id: "others",
      name: "Others",
      steps: [{
        words:
          "Give the assistant the address, with “Streamable HTTP”, or paste this where it reads .mcp.json.",
        text: inJson({ mcpServers: { mana: { type: "http", url: mcpUrl } } }),
      }],
    },
  ];
}

/** How to connect the clients that take a token, where nobody signs a client in. */
export function tokenGuides(mcpUrl: string): readonly ClientGuide[] {
  const headers = { Authorization: "Bearer TOKEN" };
  const server = { type: "http", url: mcpUrl, headers };
  const terminal = "Paste this into a terminal.";
  return [
    {
      id: "claude-code",
      name: "Claude Code",
      steps: [{
        words: terminal,
        text: `claude mcp add --transport http mana ${mcpUrl} --header "Authorization: Bearer TOKEN"`,
      }],
    },
    {
      id: "cursor",
      name: "Cursor",
      steps: [{
        words: "Paste this into ~/.cursor/mcp.json.",
        text: inJson({ mcpServers: { mana: { url: mcpUrl, headers } } }),
      }],
    },
    {
      id: "vscode",
      name: "VS Code",
      steps: [{ words: "Paste this into .vscode/mcp.json.", text: inJson({ servers: { mana: server } }) }],
    },
    {
      id: "codex",
      name: "Codex",
      steps: [{
        words: "Paste this into ~/.codex/config.toml.",
        text: `[mcp_servers.mana]\nurl = "${mcpUrl}"\nhttp_headers = { "Authorization" = "Bearer TOKEN" }`,
      }],
    },
    {
      id: "gemini",
      name: "Gemini CLI",
      steps: [{
        words: terminal,
        text:
          `gemini mcp add --scope user --transport http --header "Authorization: Bearer TOKEN" mana ${mcpUrl}`,
      }],
    },
    {
      id: "opencode",
      name: "opencode",
      steps: [
        {
          words: "Paste this into opencode.json.",
          text: inJson({ mcp: { servers: { mana: { type: "remote", url: mcpUrl, headers } } } }),
        },
        {
          words: "In version 1 it is this:",
          text: inJson({ mcp: { mana: { type: "remote", url: mcpUrl, oauth: false, headers } } }),
        },
      ],
    },
    {
      id: "others",
      name: "Others",
      steps: [{
        words: "Paste this where the assistant reads .mcp.json.",
        text: inJson({ mcpServers: { mana: server } }),
      }],
    },
  ];
}

/** How to connect one client. */
export interface ClientGuide {
  /** Fit for an HTML id. */
  readonly id: string;
  readonly name: string;
  /** A link that the client opens; absent where it has none. */
  readonly link?: string;
  readonly steps: readonly ClientStep[];
}

/** One thing to do. */
export interface ClientStep {
  readonly words: string;
  /** Text to paste; absent where there is none. */
  readonly text?: string;
}

/** Claude and ChatGPT call from the computers of their makers, which reach public addresses only. */
function fromOutside(mcpUrl: string, words: string): readonly ClientStep[] {
  return new URL(mcpUrl).protocol === "https:" ? [{ words, text: mcpUrl }] : [{
    words: "It calls from outside, so the gateway first needs a public https address (PUBLIC_URL). " +
      `Then: ${words.replace("this address", "its address")}`,
  }];
}

function inJson(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
