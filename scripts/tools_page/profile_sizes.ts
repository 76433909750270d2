// How large each profile is: tools, and estimated model tokens as a client reads them in tools/list.
import { listingTokens } from "../../lib/tool/listing_tokens.ts";
import { createOffer, type Offered } from "../../lib/tool/offered.ts";
import type { ToolListing } from "../../lib/tool/tool_registry.ts";

/** The sizes, in the order of the profiles. */
export function profileSizes(
  offered: Pick<Offered, "modules" | "profiles" | "views">,
): readonly ProfileSize[] {
  const { registry, profiles } = createOffer(offered, "underscore");
  return offered.profiles.map(({ name, about }) => {
    const held = registry.list().filter(({ tool }) => profiles.holds(name, tool))
      .map(({ spacedListing }) => spacedListing);
    return { name, about, tools: held.length, ...tokensOf(held) };
  });
}

/** The size of one profile, for a person with several spaces, whose lists are the longest. */
export interface ProfileSize extends Tokens {
  readonly name: string;
  readonly about: string;
  readonly tools: number;
}

/** Estimated model tokens of listings. */
export interface Tokens {
  readonly tokens: number;
  /** For clients that do not hand output schemas to their model. */
  readonly withoutOutput: number;
}

/** What these listings cost. */
export function tokensOf(listings: readonly ToolListing[]): Tokens {
  return {
    tokens: listingTokens(listings),
    withoutOutput: listingTokens(listings, { withOutputs: false }),
  };
}
