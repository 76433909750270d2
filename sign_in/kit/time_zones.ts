// Time zones as people and browsers name them.

/** The zones to choose from, by their IANA names. */
export const TIME_ZONES: readonly string[] = [...Intl.supportedValuesOf("timeZone"), "UTC"];

/**
 * The zone that somebody named: `Europe/Berlin` in any case, or its city alone, as in `berlin` and `New York`. A name that
 * is not on the list but that this runtime knows stays as it is written: browsers say `Europe/Kyiv` or `Asia/Kolkata`, and
 * the list has older names. `undefined` for everything else, offsets such as `+01:00` included: they know no summer time.
 */
export function readTimeZone(text: string): string | undefined {
  const name = text.trim().replaceAll(/\s+/g, "_");
  if (name.length > ZONE_LENGTH || !ZONE.test(name)) return undefined;
  const lower = name.toLowerCase();
  const listed = TIME_ZONES.find((zone) => zone.toLowerCase() === lower) ??
    TIME_ZONES.find((zone) => zone.toLowerCase().endsWith(`/${lower}`));
  return listed ?? (isKnown(name) ? name : undefined);
}

const ZONE = /^[A-Za-z][A-Za-z0-9_+\-/]*$/;

/** Longest name that is looked up; the gateway believes no longer name. */
const ZONE_LENGTH = 64;

function isKnown(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
