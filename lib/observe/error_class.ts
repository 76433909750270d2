// What the log says of an unexpected error: a class name from a fixed list, never its text.

/**
 * Class of whatever was thrown, for the log: `name` and even the class itself can be made of data, so only names that are
 * known beforehand are told.
 */
export function errorClass(thrown: unknown): string {
  if (!(thrown instanceof Error)) return typeof thrown;
  const { name } = thrown.constructor;
  return ERROR_CLASSES.has(name) ? name : "Error";
}

/** Errors that the log knows by name. */
const ERROR_CLASSES: ReadonlySet<string> = new Set([
  "AggregateError",
  "DOMException",
  "EvalError",
  "NotCapable",
  "PermissionDenied",
  "RangeError",
  "ReferenceError",
  "Refused",
  "SyntaxError",
  "TypeError",
  "URIError",
  "ZodError",
]);
