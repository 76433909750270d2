// What OAuth clients are told: the protected resource metadata (RFC 9728), and where a client that was refused finds it.
import type { Operator } from "../../process/operator/operator.ts";
import { PRIVACY_PATH, TERMS_PATH } from "../../process/operator/policy_page.ts";
import type { ChallengeHints } from "../http/bearer.ts";
import { grantableAccesses, type Module } from "../tool/define_module.ts";

/** The metadata document. */
export function resourceMetadata(given: {
  /** The gateway's address. */
  readonly resource: string;
  /** Where an app can sign in; empty where it cannot. */
  readonly issuers: readonly string[];
  readonly modules: readonly Module[];
  readonly operator: Operator;
}): ResourceMetadata {
  return {
    resource: given.resource,
    ...(given.issuers.length === 0 ? {} : { authorization_servers: given.issuers }),
    scopes_supported: supportedScopes(given.modules),
    bearer_methods_supported: ["header"],
    resource_name: "Mana",
    resource_documentation: new URL(".", given.resource).href,
    // How an app may use what it gets here, and what it has to keep to (RFC 9728 section 2).
    resource_policy_uri: given.operator.privacyUrl ?? new URL(`.${PRIVACY_PATH}`, given.resource).href,
    resource_tos_uri: given.operator.termsUrl ?? new URL(`.${TERMS_PATH}`, given.resource).href,
  };
}

/** OAuth Protected Resource Metadata (RFC 9728 section 2): what a client reads to find out where to sign in. */
export interface ResourceMetadata {
  readonly resource: string;
  /** Absent where no app can sign in: an empty list is to be left out (RFC 9728 section 2). */
  readonly authorization_servers?: readonly string[];
  readonly scopes_supported: readonly string[];
  readonly bearer_methods_supported: readonly string[];
  readonly resource_name: string;
  readonly resource_documentation: string;
  readonly resource_policy_uri: string;
  readonly resource_tos_uri: string;
}

/** Name of the metadata; a client that guesses asks for it without a path. */
export const RESOURCE_METADATA_NAME = "/.well-known/oauth-protected-resource";

/**
 * What a client at `gatewayAddress` is told with a refusal of its token: where the metadata is, and to ask for every scope at
 * first, for the person to choose from. Asking for more later is broken in several clients, so the choice is made once, on
 * the consent page, and enforced here.
 */
export function challengeHints(gatewayAddress: string, modules: readonly Module[]): ChallengeHints {
  const { origin, pathname } = new URL(gatewayAddress);
  return {
    // The name goes between host and path (RFC 9728 section 3.1).
    metadataUrl: origin + RESOURCE_METADATA_NAME + pathname,
    scope: [...broadScopes(modules), "offline_access"].join(" "),
  };
}

/**
 * The scopes a client may ask for. `offline_access` is among them because clients only ask for what is listed, and without
 * it the person would sign in again every 15 minutes.
 */
function supportedScopes(modules: readonly Module[]): readonly string[] {
  const single = modules.flatMap((module) =>
    grantableAccesses(module).map((access) => `${module.name}:${access}`)
  );
  return [...broadScopes(modules), ...single, "offline_access"];
}

function broadScopes(modules: readonly Module[]): readonly string[] {
  const all = new Set(modules.flatMap(grantableAccesses));
  return ["read", "write", "destructive"].filter((access) => [...all].some((found) => found === access))
    .map((access) => `mana:${access}`);
}
