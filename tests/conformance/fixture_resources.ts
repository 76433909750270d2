import { type McpServer, ResourceTemplate } from "@modelcontextprotocol/server";
import { PNG } from "./fixture_content.ts";

/** Registers the resources, the template and the legacy subscriptions. */
export function registerResources(server: McpServer): void {
  const text = { description: "A fixed text", mimeType: "text/plain" };
  server.registerResource("static-text", "test://static-text", text, (uri) => ({
    contents: [{
      uri: uri.href,
      mimeType: "text/plain",
      text: "This is the content of the static text resource.",
    }],
  }));
  const image = { description: "A fixed image", mimeType: "image/png" };
  server.registerResource("static-binary", "test://static-binary", image, (uri) => ({
    contents: [{ uri: uri.href, mimeType: "image/png", blob: PNG }],
  }));
  const watched = { description: "A text to subscribe to", mimeType: "text/plain" };
  server.registerResource("watched-resource", "test://watched-resource", watched, (uri) => ({
    contents: [{ uri: uri.href, mimeType: "text/plain", text: "Watched resource content" }],
  }));
  server.registerResource(
    "template",
    new ResourceTemplate("test://template/{id}/data", { list: undefined }),
    { description: "Data by id", mimeType: "application/json" },
    (uri, { id }) => ({
      contents: [{
        uri: uri.href,
        mimeType: "application/json",
        text: JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` }),
      }],
    }),
  );
  const subscribed = new Set<string>();
  server.server.setRequestHandler("resources/subscribe", ({ params }) => {
    subscribed.add(params.uri);
    return {};
  });
  server.server.setRequestHandler("resources/unsubscribe", ({ params }) => {
    subscribed.delete(params.uri);
    return {};
  });
}
