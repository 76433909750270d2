// What a view says to its host: MCP Apps, revision 2026-01-26. Shapes only; tests hold them against the official types and schema.

/** The revision of the protocol that is spoken. */
export const PROTOCOL_VERSION = "2026-01-26";

/** Who the view is. */
export interface ViewInfo {
  readonly name: string;
  readonly version: string;
}

/** Opens the conversation: `ui/initialize`. The view has no tools of its own and stays in the text of the chat. */
export function initialize(appInfo: ViewInfo) {
  return {
    method: "ui/initialize" as const,
    params: {
      appInfo: { ...appInfo },
      appCapabilities: { availableDisplayModes: ["inline" as const] },
      protocolVersion: PROTOCOL_VERSION,
    },
  };
}

/** The answer to `ui/initialize` was understood: results may come now. */
export function initialized() {
  return { method: "ui/notifications/initialized" as const, params: {} };
}

/** How high the view is, in CSS pixels. Its width is the host's to say. */
export function sizeChanged(height: number) {
  return { method: "ui/notifications/size-changed" as const, params: { height } };
}

/** Asks the host to open an address in the person's browser. */
export function openLink(url: string) {
  return { method: "ui/open-link" as const, params: { url } };
}

/** Tells the model, with the person's next message, what they did in the view. Replaces what was told before. */
export function updateModelContext(text: string) {
  return {
    method: "ui/update-model-context" as const,
    params: { content: [{ type: "text" as const, text }] },
  };
}

/** Calls a tool of the server that the view came from. */
export function callTool(name: string, args: Readonly<Record<string, unknown>>) {
  return { method: "tools/call" as const, params: { name, arguments: { ...args } } };
}
