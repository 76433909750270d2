// What the server says of itself: identity, capabilities, and the instructions for models, which instructions.ts writes.
import type { Module } from "../../tool/define_module.ts";
import type { ToolProfiles } from "../../tool/profiles/tool_profiles.ts";
import type { ToolRegistry } from "../../tool/tool_registry.ts";
import { instructionsFor } from "./instructions.ts";

/** What the server says of itself, the same on every path of an answer. */
export interface ServerDescription {
  readonly identity: { readonly name: string; readonly title?: string; readonly version: string };
  /** What it can do; each member is there when its handlers are. */
  readonly capabilities: Readonly<Record<string, object>>;
  /** Told to every client that asks for the server, for its model. */
  readonly instructions: string;
}

/** For how long a client may keep a list or the answer to `server/discover`. Both change only with a new gateway or grant, or with its spaces. */
export const LIST_TTL_MS = 5 * 60_000;

/**
 * The description of a gateway. `more` are its capabilities besides offering tools; `extensions` those outside of the core
 * specification, by their identifiers (SEP-2133), each of them from the file whose handlers serve it.
 */
export function describeServer(
  { version, modules, profiles, registry }: {
    readonly version: string;
    readonly modules: readonly Module[];
    readonly profiles: Pick<ToolProfiles, "names">;
    readonly registry: Pick<ToolRegistry, "inWords">;
  },
  more: ServerDescription["capabilities"] = {},
  extensions: ServerDescription["capabilities"] = {},
): ServerDescription {
  return Object.freeze({
    identity: Object.freeze({ name: "mana", title: "Mana", version }),
    capabilities: Object.freeze({
      tools: Object.freeze({}),
      ...more,
      ...(Object.keys(extensions).length === 0 ? {} : { extensions }),
    }),
    instructions: registry.inWords(instructionsFor(modules, profiles.names.length > 0)),
  });
}
