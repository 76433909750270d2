// `deno task screenshots`: takes the pictures of the documents, and those for a listing. A file of the documents is written only where
// its page shows something else than when the picture was taken, so that a second run changes nothing.
import { print } from "../print.ts";
import { fileDigest, PICTURES_FOLDER, readPictures, whyOld } from "./recorded_pictures.ts";
import { type Shown, steadyPage } from "./steady_page.ts";
import { type View, visitPages } from "./visit_pages.ts";

/** Pictures for a listing: both themes, at a desk and on a phone. Not under version control. */
const LISTING = ".mana-pictures";
const LOOKS = [
  { name: "desk-light", colorScheme: "light", width: 1280 },
  { name: "desk-dark", colorScheme: "dark", width: 1280 },
  { name: "phone-light", colorScheme: "light", width: 390 },
  { name: "phone-dark", colorScheme: "dark", width: 390 },
] as const;
/** Height in CSS pixels of what stands in a picture of a listing: as much as a person sees at once. */
const HEIGHT = 844;

const before = await readPictures();
const after: Record<string, (typeof before)[string]> = {};
// Pictures of an earlier run may be of pages that are in no listing any more.
await Deno.remove(LISTING, { recursive: true }).catch((error) => {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
});
await Deno.mkdir(LISTING, { recursive: true });

async function show(view: View): Promise<void> {
  const { name, page, width, places } = view;
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width, height: 100 });
  const shown = await steadyPage(page, places);
  if (view.only !== "listing") await record(view, shown);
  if (view.part === undefined && view.only !== "documents") await takeLooks(page, name);
}

async function record(view: View, shown: Shown): Promise<void> {
  const { name } = view;
  const path = `${PICTURES_FOLDER}/${name}.png`;
  const why = whyOld(before, name, shown) ?? await isOther(name);
  if (why === null) {
    print(`${name.padEnd(12)} shows what it showed`);
  } else {
    await draw(view, path);
    print(`${name.padEnd(12)} taken: ${path}`);
  }
  after[name] = { ...shown, file: await fileDigest(name) };
}

async function draw({ page, part, width, height = 1600, isMark = false }: View, path: string): Promise<void> {
  if (part !== undefined) return void await part.screenshot({ path });
  const whole = Number(await page.evaluate("document.documentElement.scrollHeight"));
  await page.screenshot({
    path,
    fullPage: true,
    omitBackground: isMark,
    clip: { x: 0, y: 0, width, height: Math.min(whole, height) },
  });
}

async function takeLooks(page: View["page"], name: string): Promise<void> {
  for (const look of LOOKS) {
    await page.emulateMedia({ colorScheme: look.colorScheme });
    await page.setViewportSize({ width: look.width, height: HEIGHT });
    await page.screenshot({ path: `${LISTING}/${name}-${look.name}.png` });
  }
}

/** Somebody may have put another file into the place of a picture. */
async function isOther(name: string): Promise<string | null> {
  try {
    return await fileDigest(name) === before[name]?.file ? null : "another file";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "no file";
    throw error;
  }
}

await visitPages(show);
await Deno.writeTextFile(`${PICTURES_FOLDER}/pictures.json`, `${JSON.stringify(after, null, 2)}\n`);
print(`Pictures for a listing, in both themes and both widths: ${LISTING}/`);
