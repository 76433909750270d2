// Counts how much of something each holder has, so that no holder can take what is meant for all.

/** How much each holder has: requests of a person, bytes of bodies, requests of an address. */
export interface Shares {
  /** Adds `amount` to what `holder` has, or adds nothing and returns why that is too much. */
  take(holder: string, amount: number): "taken" | "share-full" | "all-full";
  /** Gives back what was taken. */
  giveBack(holder: string, amount: number): void;
  /** What all holders have together. */
  total(): number;
}

/** Starts with nothing taken. Each holder gets at most `perHolder`, all together `inAll`, which also bounds the memory. */
export function createShares(limits: { readonly perHolder: number; readonly inAll: number }): Shares {
  const held = new Map<string, number>();
  let total = 0;
  return Object.freeze({
    take(holder: string, amount: number) {
      const after = (held.get(holder) ?? 0) + amount;
      if (after > limits.perHolder) return "share-full";
      if (total + amount > limits.inAll) return "all-full";
      held.set(holder, after);
      total += amount;
      return "taken";
    },
    giveBack(holder: string, amount: number): void {
      const after = (held.get(holder) ?? 0) - amount;
      if (after > 0) held.set(holder, after);
      else held.delete(holder);
      total -= amount;
    },
    total: () => total,
  });
}
