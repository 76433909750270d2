// Who may be told of changes: exactly those who may read.
import type { Caller } from "../people/principal.ts";
import type { Gate } from "../policy/gate.ts";
import type { Spaces } from "../spaces/spaces.ts";
import type { Resources } from "./resources.ts";

/**
 * Whether the caller may be told of changes of what an address names: the rules of reading it. Throws Refused where the
 * spaces cannot be known.
 */
export async function isSubscribable(
  { resources, spaces, gate }: {
    readonly resources: Pick<Resources, "find">;
    readonly spaces: Spaces;
    readonly gate: Gate;
  },
  caller: Caller,
  uri: string,
): Promise<boolean> {
  const found = resources.find(uri);
  if (found === null || !gate.shows(found.tool, caller.principal)) return false;
  return (await spaces.resolve(caller, found.address.space)).choice.ok;
}
