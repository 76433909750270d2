// What became of signs: how many came true, of those that are alike or of those of a year. Knows no records.

/** How many came true, partly or not; a sign that is open is none of these. */
export function outcomesOf(signs: readonly Sign[]): Outcomes {
  const of = (word: string) => signs.filter(({ outcome }) => outcome === word).length;
  const [fulfilled, partly, notFulfilled] = [of("fulfilled"), of("partly"), of("not-fulfilled")] as const;
  const resolved = fulfilled + partly + notFulfilled;
  const hitRate = resolved === 0 ? null : Math.round((fulfilled + partly / 2) / resolved * 1_000) / 1_000;
  return { fulfilled, partly, notFulfilled, hitRate };
}

/** Whether it is known what became of a sign. */
export function isResolved({ outcome }: Sign): boolean {
  return outcome === "fulfilled" || outcome === "partly" || outcome === "not-fulfilled";
}

/** How many signs there are of each word of a field. A word that cannot be read is not counted. */
export function numbersBy(
  signs: readonly Sign[],
  field: "kind" | "vibe" | "sourceCategory",
): Record<string, number> {
  const numbers = new Map<string, number>();
  for (const { [field]: word } of signs) {
    if (word !== undefined) numbers.set(word, (numbers.get(word) ?? 0) + 1);
  }
  return Object.fromEntries(numbers);
}

/** What is counted of a sign. */
export interface Sign {
  readonly kind?: string | undefined;
  readonly outcome?: string | undefined;
  readonly sourceCategory?: string | undefined;
  readonly vibe?: string | undefined;
}

/** `hitRate` is 0 to 1, a sign that came partly true counts half; null where none is resolved. */
export interface Outcomes {
  readonly fulfilled: number;
  readonly partly: number;
  readonly notFulfilled: number;
  readonly hitRate: number | null;
}
