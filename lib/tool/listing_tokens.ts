// How many model tokens listings of tools cost, estimated on the high side. `_meta` is for the program that talks to us and is not
// handed to models (MCP, general fields), so that a view costs a model nothing.
import { estimateModelTokens } from "../kit/estimate_model_tokens.ts";
import type { ToolListing } from "./tool_registry.ts";

/** Model tokens of these listings; without output schemas for clients that keep those from their model. */
export function listingTokens(
  listings: readonly ToolListing[],
  { withOutputs = true }: { readonly withOutputs?: boolean } = {},
): number {
  return estimateModelTokens(
    JSON.stringify(
      listings.map(({ _meta, outputSchema, ...rest }) => withOutputs ? { ...rest, outputSchema } : rest),
    ),
  );
}
