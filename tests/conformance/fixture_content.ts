import type { McpServer } from "@modelcontextprotocol/server";

/** A red pixel. */
export const PNG =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==";
/** A WAV file without samples. */
const WAV = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=";

/** What `test_simple_text` answers. */
export const SIMPLE_TEXT = "This is a simple text response for testing.";
/** What `test_error_handling` fails with. */
export const FAILING_TEXT = "This tool intentionally returns an error for testing";

/** Registers the tools whose only point is what they return. */
export function registerContentTools(server: McpServer): void {
  server.registerTool("test_simple_text", { description: "Returns one text" }, () => ({
    content: [{ type: "text", text: SIMPLE_TEXT }],
  }));
  server.registerTool("test_image_content", { description: "Returns one image" }, () => ({
    content: [{ type: "image", data: PNG, mimeType: "image/png" }],
  }));
  server.registerTool("test_audio_content", { description: "Returns one sound" }, () => ({
    content: [{ type: "audio", data: WAV, mimeType: "audio/wav" }],
  }));
  server.registerTool("test_embedded_resource", { description: "Returns one resource" }, () => ({
    content: [{
      type: "resource",
      resource: {
        uri: "test://embedded-resource",
        mimeType: "text/plain",
        text: "This is an embedded resource content.",
      },
    }],
  }));
  server.registerTool(
    "test_multiple_content_types",
    { description: "Returns three kinds of content" },
    () => ({
      content: [
        { type: "text", text: "Multiple content types test:" },
        { type: "image", data: PNG, mimeType: "image/png" },
        {
          type: "resource",
          resource: {
            uri: "test://mixed-content-resource",
            mimeType: "application/json",
            text: JSON.stringify({ test: "data", value: 123 }),
          },
        },
      ],
    }),
  );
  server.registerTool("test_error_handling", { description: "Always fails" }, () => {
    throw new Error(FAILING_TEXT);
  });
}
