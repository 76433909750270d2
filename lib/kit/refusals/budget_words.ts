// The words of the refusal that comes from how much of a person's records an app is handed.

/** A grant has used up what the person allows it. */
export interface DisclosureBudget {
  readonly reason: "disclosure-budget";
  readonly counted: "records" | "fields" | "bytes" | "searches" | "looked";
  readonly window: "hour" | "day";
  readonly limit: number;
  /** When there is room again, in milliseconds since 1970. */
  readonly goesOn: number;
  /** The page on which the person allows more; null where it is not known. */
  readonly page: string | null;
}

/** What is used up, when the app goes on, and where the person allows more. */
export function disclosureBudget(
  { counted, window, limit, goesOn, page }: DisclosureBudget,
): string {
  return `This app has used up what the person allows it in one ${window}: ${limit} ${
    COUNTED_WORDS[counted]
  }. ` +
    `It goes on at ${new Date(goesOn).toISOString()}: do not try before. ${moreAt(page)}`;
}

/** Where a person allows an app more. */
function moreAt(page: string | null): string {
  return page === null
    ? "The person can allow it more on their page of connected apps."
    : `The person can allow it more at ${page}.`;
}

const COUNTED_WORDS = {
  records: "different records handed out",
  fields: "fields with text handed out",
  bytes: "bytes of text handed out",
  searches: "searches and filters by text",
  looked: "records looked at for sums",
};
