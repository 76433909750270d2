// The words of refusals that come from the document of a grant: what is missing, and where the person can change it. They name
// collections and fields, never a record or a value.

/** A change that the document of the app's grant does not let through. */
export interface GrantExcluded {
  readonly reason: "grant-excluded";
  /**
   * The access or the fields that are not allowed; `window`: the record lies, or would lie, outside of what the grant shows; `withheld`:
   * the change is made of fields that the app may not see.
   */
  readonly what: "access" | "fields" | "window" | "withheld";
  /** `app/table`. */
  readonly collection: string;
  /** With `access`: what it would have to allow. */
  readonly access?: "write" | "destructive";
  /** With `fields` and `withheld`: which. */
  readonly fields?: readonly string[];
  /** The page of connected apps; absent where it is not known. */
  readonly page?: string;
}

/** A document that this gateway does not understand to its last member. */
export interface GrantUnreadable {
  readonly reason: "grant-unreadable";
  /** The page of connected apps; absent where it is not known. */
  readonly page?: string;
}

/** For a grant of which nothing is shown. */
export function grantUnreadable({ page }: GrantUnreadable): string {
  return `Nothing was read or changed: what this app may see cannot be read, so it is shown nothing. ${
    whereToChange(page)
  }`;
}

/** What the grant would have to allow. */
export function grantExcluded({ what, collection, access, fields = [], page }: GrantExcluded): string {
  return `Nothing was changed: ${missing(what, collection, access, fields)} ${whereToChange(page)}`;
}

/** Where the person changes what an app may see: the one place that says so. */
function whereToChange(page: string | undefined): string {
  return page === undefined
    ? "The person can change this on their page of connected apps (Apps)."
    : `The person can change this at ${page}.`;
}

function missing(
  what: GrantExcluded["what"],
  collection: string,
  access: GrantExcluded["access"],
  fields: readonly string[],
): string {
  switch (what) {
    case "access":
      return `this app may not ${
        access === "destructive" ? "delete" : "add or change"
      } records of ${collection} here.`;
    case "fields":
      return `this app may not set ${fields.join(", ")} in ${collection}.`;
    case "withheld":
      return `the change needs ${fields.join(", ")} of ${collection}, which this app may not see.`;
    case "window":
      return `this app may see only some records of ${collection}, and after the change one of them would be another.`;
  }
}
