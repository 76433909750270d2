// Records that lie within each other, such as locations and folders: what is around a record, and what lies within it. Rows of
// other writers may lie within themselves; a walk ends where it comes back to.

/** A record that may lie within another. */
export interface TreeNode {
  readonly id: string;
  readonly parentId?: string | null;
}

/** The records around `id`, from the outermost to the record itself; none where the record is not there. */
export function pathTo<N extends TreeNode>(nodes: ReadonlyMap<string, N>, id: string): readonly N[] {
  const path: N[] = [];
  for (let node = nodes.get(id); node !== undefined && !path.includes(node);) {
    path.unshift(node);
    node = nodes.get(node.parentId ?? "");
  }
  return path;
}

/** The ids of a record and of all that lie within it, at any depth. */
export function idsWithin(nodes: ReadonlyMap<string, TreeNode>, id: string): ReadonlySet<string> {
  const inside = new Map<string, string[]>();
  for (const node of nodes.values()) {
    const siblings = inside.get(node.parentId ?? "");
    if (siblings === undefined) inside.set(node.parentId ?? "", [node.id]);
    else siblings.push(node.id);
  }
  const within = new Set([id]);
  // A set is walked in the order of adding, what is added meanwhile included.
  for (const one of within) for (const child of inside.get(one) ?? []) within.add(child);
  return within;
}
