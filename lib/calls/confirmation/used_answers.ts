// Which answers were given already, so that no yes counts twice (replay).

/** Confirmations that have been answered, so that none counts twice. */
export interface UsedNonces {
  /** Whether an answer with this nonce would be refused: it was given before, or is too old to be sure. */
  isSpent(nonce: string, expiresAt: number): boolean;
  /**
   * Notes the nonce as used; false when {@link isSpent}, so that of two at the same time one wins. A promise where other gateways have
   * to be asked; it never rejects. `kid` is the secret's under which the confirmation was made: those gateways have it, too.
   */
  spend(nonce: string, expiresAt: number, kid: string): boolean | Promise<boolean>;
  /** Nonces held now. */
  size(): number;
}

/**
 * Creates an empty store. A nonce is forgotten when its confirmation has expired anyway. A flood of answers that would
 * overflow the store makes it forget the ones that expire first, and from then on refuse everything that expires no later
 * than they did: the flood can make people be asked again, never replay a yes.
 */
export function createUsedNonces(deps: {
  /** The clock that confirmations expire by. */
  readonly now: () => number;
  /** Nonces held at once. */
  readonly max: number;
}): UsedNonces {
  const used = new Map<string, number>();
  let floor = -Infinity;

  const isSpent = (nonce: string, expiresAt: number) => expiresAt <= floor || used.has(nonce);

  const forget = () => {
    const now = deps.now();
    const drop = (nonce: string, expiresAt: number) => {
      used.delete(nonce);
      floor = Math.max(floor, expiresAt);
    };
    // The floor rises here too: a calendar that is set back must not make a forgotten yes good again.
    for (const [nonce, expiresAt] of used) if (expiresAt <= now) drop(nonce, expiresAt);
    if (used.size < deps.max) return;
    const soonest = [...used].sort((a, b) => a[1] - b[1]).slice(0, Math.ceil(deps.max / 10));
    for (const [nonce, expiresAt] of soonest) drop(nonce, expiresAt);
  };

  return Object.freeze({
    isSpent,
    spend(nonce: string, expiresAt: number): boolean {
      if (isSpent(nonce, expiresAt)) return false;
      if (used.size >= deps.max) forget();
      used.set(nonce, expiresAt);
      return true;
    },
    size: () => used.size,
  });
}
