// The name under which pages show an app.
import { CLIENT_NAME_LENGTH } from "../../kit/limits.ts";
import { plainName } from "../../kit/plain_name.ts";
import { redirectPlace } from "./redirect_uri.ts";

/** The name that an app gives itself, made fit to be shown. An app without a name is named after its redirect address. */
export function clientName(given: string | undefined, redirectUris: readonly string[]): string {
  const plain = plainName(given ?? "", CLIENT_NAME_LENGTH);
  if (plain !== "") return plain;
  const first = redirectUris[0];
  return first === undefined ? "An app" : redirectPlace(first);
}
