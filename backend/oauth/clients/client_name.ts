import { CLIENT_NAME_LENGTH } from "../../kit/limits.ts";
import { plainName } from "../../kit/plain_name.ts";
import { redirectPlace } from "./redirect_uri.ts";

/** The name an app gives itself, as it can be shown. Without one it is named after where it lives. */
export function clientName(given: string | undefined, redirectUris: readonly string[]): string {
  const plain = plainName(given ?? "", CLIENT_NAME_LENGTH);
  if (plain !== "") return plain;
  const first = redirectUris[0];
  return first === undefined ? "An app" : redirectPlace(first);
}
