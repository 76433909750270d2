// Whether a process may do exactly what it needs, found out at its start. confinement_probes.ts has the questions;
// docs/confinement.md says what can stay unseen. What a process needs is said by its own settings.
import {
  excessProbes,
  type LabelledProbe,
  PERMISSION_KINDS,
  type PermissionKind,
  type PermissionProbe,
} from "./confinement_probes.ts";

/**
 * Compares what this process may do with what it needs. One flag too many (`--allow-all` pasted from a forum) makes every
 * promise about confinement void, and nobody would notice; so a process looks before it serves. Deno shows no list of grants,
 * so a grant of one unusual thing, such as a single file, can stay unseen.
 */
export function judgeRights(need: Need, query: PermissionQuery): Confinement {
  const { needed } = need;
  const present = needed.filter(({ probe }) => query(probe));
  const found = PERMISSION_KINDS.map((kind) => {
    // Where a whole kind is granted, its parts say nothing more.
    const labels = query({ name: kind })
      ? [EVERYTHING]
      : excessProbes(kind, needed, need.isOwnPath).filter(({ probe }) => query(probe)).map(({ label }) =>
        label
      );
    return { kind, labels: labels.length > MAX_NAMED ? [...labels.slice(0, MAX_NAMED), "more"] : labels };
  });
  const excesses = found.filter(({ labels }) => labels.length > 0);
  const allowed = found.map(({ kind, labels }) => {
    const ours = present.filter(({ probe }) => probe.name === kind).map(({ label }) => label);
    return [kind, Object.freeze([...ours, ...labels])] as const;
  });
  return Object.freeze({
    confined: excesses.length === 0,
    allowed: Object.freeze(byKind(new Map(allowed))),
    excesses: excesses.map(({ kind, labels }) =>
      `${kind} is allowed for ${labels.join(", ")}, which is more than needed: ${remedy(kind, need)}`
    ),
    missing: needed.filter((entry) => !present.includes(entry)).map(({ label, probe }) =>
      `${probe.name} is not allowed for ${label}, which is needed: ${remedy(probe.name, need)}`
    ),
  });
}

/** What a process needs. */
export interface Need {
  /** Without any of these rights it cannot do its work. */
  readonly needed: readonly LabelledProbe[];
  /** The flags that give what is needed, by kind; a kind without flags is needed in no part. */
  readonly flags: Readonly<Partial<Record<PermissionKind, string>>>;
  /** Whether a path lies in a folder that is needed; by default none is. */
  readonly isOwnPath?: (path: string) => boolean;
}

/** Whether a right is granted now, without asking anybody. */
export type PermissionQuery = (probe: PermissionProbe) => boolean;

/** What the process may do, measured. */
export interface Confinement {
  /** Nothing was found beyond what the process needs. */
  readonly confined: boolean;
  /** What is allowed, by kind: a needed host by its role, a variable by its name, an excess by what it is. */
  readonly allowed: Readonly<Record<PermissionKind, readonly string[]>>;
  /** Rights that are not needed, each with the flag that takes it away. */
  readonly excesses: readonly string[];
  /** Rights that are needed and not there, each with the flag that gives it. */
  readonly missing: readonly string[];
}

/** The word for a whole kind, in reports. */
const EVERYTHING = "everything";
/** Findings of one kind that are named; more would only repeat themselves. */
const MAX_NAMED = 5;

function byKind(
  labels: ReadonlyMap<PermissionKind, readonly string[]>,
): Record<PermissionKind, readonly string[]> {
  const of = (kind: PermissionKind) => labels.get(kind) ?? [];
  return {
    net: of("net"),
    read: of("read"),
    write: of("write"),
    run: of("run"),
    ffi: of("ffi"),
    sys: of("sys"),
    env: of("env"),
    import: of("import"),
  };
}

function remedy(kind: PermissionKind, { flags }: Need): string {
  const flag = flags[kind];
  return flag === undefined ? `start without --allow-${kind} and --allow-all` : `start with ${flag}`;
}
