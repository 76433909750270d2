/** What the soak checks, each by a short name; a check that never looked at anything has not passed. */
export const CHECKS = [
  "every acknowledged write of a client is in the log",
  "it is there exactly as acknowledged",
  "nothing is there that was refused for certain or never asked for",
  "every acknowledged write of a device is in the log",
  "a person reads their own acknowledged writes",
  "a row and its time block are there together, each once, or neither is",
  "a call that is made again completes the write of which a part was missing",
  "no listing shows a row of another person or space",
  "no listing shows a row twice",
  "a connected app gets nothing beyond its grant",
  "what the person allows an app is done once, however often they press, and nothing without their yes",
  "an app is told what the person decided",
  "an edit that the person had not seen is not written over by their yes",
  "after an undo everything is as if the app had not written, and what others wrote later stays",
  "an undo of an undo does it again",
  "a plan that is not true any more changes nothing",
  "listings equal a sequential fold of the log, under load at quiet points",
  "listings equal a sequential fold of the log, at the end",
  "listings equal a sequential fold of the log, from a fresh gateway",
  "no answer is internal, malformed or a surprise",
  "no call hangs past its deadline",
  "the processes end in order and log no text of anybody",
  "every kind of fault was injected",
  "a session and a cursor outlive the node that made them",
  "a yes in a client's form deletes once, by the same bytes, at whichever nodes it is given",
  "with a store a yes in a client's form counts at one node",
  "with a store a limit is exceeded by no more than the calls in flight",
  "while the store is away, or comes and goes, each node lets its share of a limit through at most",
  "the store holds keyed names that end, and nothing of anybody",
] as const;

const NODE_CHECKS: readonly Check[] = [
  "a session and a cursor outlive the node that made them",
  "a yes in a client's form deletes once, by the same bytes, at whichever nodes it is given",
];
const STORE_CHECKS: readonly Check[] = [
  "with a store a yes in a client's form counts at one node",
  "with a store a limit is exceeded by no more than the calls in flight",
  "while the store is away, or comes and goes, each node lets its share of a limit through at most",
  "the store holds keyed names that end, and nothing of anybody",
];
/** What only the gateway knows that a call left unfinished: with several, the same call may come to another one. */
const ONE_NODE_CHECKS: readonly Check[] = [
  "a call that is made again completes the write of which a part was missing",
];

/** The checks of a run with so many gateways, and with or without a store that they share. */
export function checksOf(
  { nodes, hasStore }: { readonly nodes: number; readonly hasStore: boolean },
): readonly Check[] {
  const others = [
    ...nodes > 1 ? ONE_NODE_CHECKS : NODE_CHECKS,
    ...nodes > 1 && hasStore ? [] : STORE_CHECKS,
  ];
  return CHECKS.filter((check) => !others.includes(check));
}

/** One of {@link CHECKS}. */
export type Check = typeof CHECKS[number];

/** Evidence kept per check; the rest is counted. */
const EVIDENCE = 5;

/** Outcome of all checks. */
export interface Verdicts {
  /** Looked and found as it should be. */
  pass(check: Check, count?: number): void;
  /** Looked and found a violation; `evidence` holds ids and names of fields, never a whole text. */
  fail(check: Check, evidence: string): void;
  /** {@link pass} or {@link fail}. */
  judge(check: Check, ok: boolean, evidence: () => string): void;
  of(
    check: Check,
  ): { readonly passed: number; readonly failed: number; readonly evidence: readonly string[] };
  violations(): number;
}

/** Creates them, all empty. */
export function createVerdicts(): Verdicts {
  const none = (): { passed: number; failed: number; evidence: string[] } => ({
    passed: 0,
    failed: 0,
    evidence: [],
  });
  const found = new Map(CHECKS.map((check) => [check, none()]));
  const at = (check: Check) => {
    const verdict = found.get(check);
    if (verdict === undefined) throw new TypeError(`There is no check "${check}"`);
    return verdict;
  };
  const verdicts: Verdicts = {
    pass: (check, count = 1) => void (at(check).passed += count),
    fail(check, evidence) {
      const verdict = at(check);
      verdict.failed += 1;
      if (verdict.evidence.length < EVIDENCE) verdict.evidence.push(evidence);
    },
    judge(check, ok, evidence) {
      if (ok) verdicts.pass(check);
      else verdicts.fail(check, evidence());
    },
    of: at,
    violations: () => [...found.values()].reduce((sum, { failed }) => sum + failed, 0),
  };
  return verdicts;
}
