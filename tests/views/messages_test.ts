import assert from "node:assert/strict";
import {
  LATEST_PROTOCOL_VERSION,
  type McpUiInitializedNotification,
  McpUiInitializedNotificationSchema,
  type McpUiInitializeRequest,
  McpUiInitializeRequestSchema,
  type McpUiOpenLinkRequest,
  McpUiOpenLinkRequestSchema,
  type McpUiSizeChangedNotification,
  McpUiSizeChangedNotificationSchema,
  type McpUiUpdateModelContextRequest,
  McpUiUpdateModelContextRequestSchema,
} from "@modelcontextprotocol/ext-apps";
import {
  callTool,
  initialize,
  initialized,
  openLink,
  PROTOCOL_VERSION,
  sizeChanged,
  updateModelContext,
} from "../../views/host/messages.ts";

/** What a view says to its host, held against the official types (by the type checker) and the official schemas. */

const messages = [
  [
    McpUiInitializeRequestSchema,
    initialize({ name: "mana-tasks", version: "1" }) satisfies McpUiInitializeRequest,
  ],
  [McpUiInitializedNotificationSchema, initialized() satisfies McpUiInitializedNotification],
  [McpUiSizeChangedNotificationSchema, sizeChanged(240) satisfies McpUiSizeChangedNotification],
  [McpUiOpenLinkRequestSchema, openLink("https://mana.test/approvals/1") satisfies McpUiOpenLinkRequest],
  [McpUiUpdateModelContextRequestSchema, updateModelContext("done") satisfies McpUiUpdateModelContextRequest],
] as const;

for (const [schema, message] of messages) {
  Deno.test(`${message.method} is what the official types and schema say`, () => {
    assert.deepEqual(schema.parse(message), message);
    assert.equal(schema.safeParse({ ...message, method: "ui/other" }).success, false);
  });
}

Deno.test("the revision is the one that the official package speaks", () => {
  assert.equal(PROTOCOL_VERSION, LATEST_PROTOCOL_VERSION);
});

Deno.test("a tool is called as MCP calls it", () => {
  assert.deepEqual(callTool("todo_list", { limit: 5 }), {
    method: "tools/call",
    params: { name: "todo_list", arguments: { limit: 5 } },
  });
});
