// Amounts of money as whole cents, so that sums have no fractions of a cent: 0.1 + 0.2 is 0.3. The apps store some amounts in
// main units and some in cents; which is which says each table.

/** Main units as cents; null for what is no amount, such as 1e300 of another writer. */
export function centsOf(amount: number | undefined): number | null {
  return safeCents(Math.round((amount ?? NaN) * 100));
}

/** Cents as another writer has stored them; null for what is no amount. */
export function safeCents(cents: number | undefined): number | null {
  return cents !== undefined && Math.abs(cents) <= MOST_CENTS ? Math.round(cents) : null;
}

/** Cents as main units. */
export function mainUnitsOf(cents: number): number {
  return cents / 100;
}

/** Whether an amount in main units has at most two decimals. */
export function isWholeCents(amount: number): boolean {
  return Math.round(amount * 100) / 100 === amount;
}

/** A million sums of this size are still exact. */
const MOST_CENTS = Math.floor(Number.MAX_SAFE_INTEGER / 1_000_000);
