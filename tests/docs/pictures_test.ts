/** The pictures of the documents: each comes from `deno task screenshots`, and each that was taken is shown. */
import assert from "node:assert/strict";
import { fileDigest, readPictures, whyOld } from "../../scripts/pictures/recorded_pictures.ts";

Deno.test("every picture in the documents was taken by the task, and nobody has put another file in its place", async () => {
  const pictures = await readPictures();
  const shown = new Set<string>();
  for (
    const path of ["README.md", "docs/grants.md", "docs/your-page.md", "docs/personas.md", "docs/listing.md"]
  ) {
    for (const [, name = ""] of (await Deno.readTextFile(path)).matchAll(/images\/([\w-]+)\.png/g)) {
      shown.add(name);
    }
  }
  assert.deepEqual(Object.keys(pictures).sort(), [...shown].sort());
  for (const [name, { file }] of Object.entries(pictures)) {
    assert.equal(await fileDigest(name), file, `${name}.png`);
  }
});

Deno.test("a picture whose page has other words or another style is old, and the words say what mends it", () => {
  const pictures = { home: { text: "a", style: "b", file: "c" } };
  const mend = "run deno task screenshots, and look at the picture";
  assert.equal(whyOld(pictures, "home", { text: "a", style: "b" }), null);
  assert.equal(
    whyOld(pictures, "home", { text: "x", style: "b" }),
    `home.png shows other words than its page does now: ${mend}`,
  );
  assert.equal(
    whyOld(pictures, "home", { text: "a", style: "x" }),
    `home.png has another style than its page has now: ${mend}`,
  );
  assert.equal(whyOld(pictures, "none", { text: "a", style: "b" }), `There is no picture of none: ${mend}`);
});
