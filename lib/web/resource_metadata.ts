import type { Module } from "../tool/define_module.ts";
import { grantableAccesses } from "../tool/define_module.ts";

/** OAuth Protected Resource Metadata (RFC 9728 section 2): what a client reads to find out where to sign in. */
export interface ResourceMetadata {
  readonly resource: string;
  /** Absent where the auth service signs no apps in: an empty list is to be left out (RFC 9728 section 2). */
  readonly authorization_servers?: readonly string[];
  readonly scopes_supported: readonly string[];
  readonly bearer_methods_supported: readonly string[];
  readonly resource_name: string;
  readonly resource_documentation: string;
  readonly resource_policy_uri: string;
}

/** Name of the metadata; a client that guesses asks for it without a path. */
export const RESOURCE_METADATA_NAME = "/.well-known/oauth-protected-resource";

/** The metadata's address for a resource of ours: the name goes between host and path (RFC 9728 section 3.1). */
export function resourceMetadataUrl(resource: string): string {
  const { origin, pathname } = new URL(resource);
  return origin + RESOURCE_METADATA_NAME + pathname;
}

/**
 * The scopes a client may ask for. `offline_access` is among them because clients only ask for what is listed, and without
 * it the person would sign in again every 15 minutes.
 */
export function supportedScopes(modules: readonly Module[]): readonly string[] {
  const single = modules.flatMap((module) =>
    grantableAccesses(module).map((access) => `${module.name}:${access}`)
  );
  return [...broadScopes(modules), ...single, "offline_access"];
}

/**
 * What a client is told to ask for at first: everything, for the person to choose from. Asking for more later is broken in
 * several clients, so the choice is made once, on the consent page, and enforced here.
 */
export function initialScope(modules: readonly Module[]): string {
  return [...broadScopes(modules), "offline_access"].join(" ");
}

function broadScopes(modules: readonly Module[]): readonly string[] {
  const all = new Set(modules.flatMap(grantableAccesses));
  return ["read", "write", "destructive"].filter((access) => [...all].some((one) => one === access))
    .map((access) => `mana:${access}`);
}

/** The metadata document. */
export function resourceMetadata(given: {
  readonly resource: string;
  /** Where an app can sign in; empty where it cannot. */
  readonly issuers: readonly string[];
  readonly modules: readonly Module[];
}): ResourceMetadata {
  return {
    resource: given.resource,
    ...(given.issuers.length === 0 ? {} : { authorization_servers: given.issuers }),
    scopes_supported: supportedScopes(given.modules),
    bearer_methods_supported: ["header"],
    resource_name: "Mana",
    resource_documentation: new URL(".", given.resource).href,
    // What the process may do and what an assistant can do with it is the policy that there is to read.
    resource_policy_uri: new URL(".#confinement", given.resource).href,
  };
}
