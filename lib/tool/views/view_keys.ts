// What the listing of a tool says of its view, in the keys of each kind of host. Clients that know nothing of views ignore it.
import type { View } from "./define_view.ts";

/** Members of `_meta` in a tool's listing. */
export type ViewKeys = {
  /**
   * MCP Apps, `McpUiToolMeta`. `visibility` is left out: the default, model and frame, is right for every tool here, since a tool
   * for frames alone would only be hidden from the person's model, and not from anything that speaks to the gateway.
   */
  readonly ui: { readonly resourceUri: string };
  /** The same as older hosts read it. Deprecated by the specification; the official helper still writes it, and hosts still read it alone. */
  readonly "ui/resourceUri": string;
  /** ChatGPT's names for the view, and for leave to call tools from it, which is refused where nothing is said. */
  readonly "openai/outputTemplate": string;
  readonly "openai/widgetAccessible": true;
};

/** The keys of a tool with this view. */
export function viewKeys({ uri }: Pick<View, "uri">): ViewKeys {
  return Object.freeze({
    ui: Object.freeze({ resourceUri: uri }),
    "ui/resourceUri": uri,
    "openai/outputTemplate": uri,
    "openai/widgetAccessible": true,
  });
}
