/**
 * How much of something each holder has – requests of a person, bytes of bodies, requests of an address – so that no one
 * holder can take what is meant for all.
 */
export interface Shares {
  /** Adds `amount` to what `holder` has, or returns why that is too much; then nothing was added. */
  take(holder: string, amount: number): "taken" | "share-full" | "all-full";
  /** Gives back what was taken. */
  giveBack(holder: string, amount: number): void;
  /** What all holders have together. */
  total(): number;
}

/** Creates shares of nothing: at most `perHolder` for each and `inAll` together. Memory is bounded by `inAll` holders. */
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
