// What the pictures of the documents showed when they were taken: docs/images/pictures.json. A picture is old when its page shows
// something else by now; whether two computers draw the same pixels is not asked.
import { z } from "zod";
import type { Shown } from "./steady_page.ts";

/** Where the pictures of the documents are. */
export const PICTURES_FOLDER = "docs/images";

const Pictures = z.record(
  z.string(),
  z.strictObject({ text: z.string(), style: z.string(), file: z.string() }),
);

/** Of each picture, by its name: what its page showed, and the SHA-256 of the file, by its first 16 hex digits. */
export type Pictures = z.infer<typeof Pictures>;

/** Reads the record; empty where there is none yet. */
export async function readPictures(): Promise<Pictures> {
  try {
    return Pictures.parse(JSON.parse(await Deno.readTextFile(`${PICTURES_FOLDER}/pictures.json`)));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return {};
    throw error;
  }
}

/** Why a picture is old, with what mends it; null where it is not. */
export function whyOld(pictures: Pictures, name: string, shown: Shown): string | null {
  const picture = pictures[name];
  const mend = "run deno task screenshots, and look at the picture";
  if (picture === undefined) return `There is no picture of ${name}: ${mend}`;
  if (picture.text !== shown.text) return `${name}.png shows other words than its page does now: ${mend}`;
  if (picture.style !== shown.style) return `${name}.png has another style than its page has now: ${mend}`;
  return null;
}

/** The digest of a picture's file, as the record has it. */
export async function fileDigest(name: string): Promise<string> {
  const bytes = await Deno.readFile(`${PICTURES_FOLDER}/${name}.png`);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex().slice(0, 16);
}
