import assert from "node:assert/strict";
import { ICON_SVG } from "../../process/look/icon.ts";
import { ICON_ICO, ICON_TOUCH } from "../../process/look/icon_bytes.ts";
import { temporaryFolder } from "../_support/temporary_folder.ts";
import { browserOptions, openBrowser } from "./_chromium.ts";

/** Draws both pictures on white, and answers by how much a pixel differs at the mean, of 255. */
const COMPARE = `async ([one, other, size]) => {
  const draw = async (source) => {
    const image = Object.assign(new Image(), { src: source });
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: size, height: size });
    const context = canvas.getContext("2d");
    context.fillStyle = "#fff";
    context.fillRect(0, 0, size, size);
    context.drawImage(image, 0, 0, size, size);
    return context.getImageData(0, 0, size, size).data;
  };
  const [a, b] = await Promise.all([draw(one), draw(other)]);
  return a.reduce((sum, value, at) => sum + Math.abs(value - b[at]), 0) / a.length;
}`;

Deno.test("the mark in pixels is the mark that is drawn", await browserOptions(), async () => {
  await using folder = await temporaryFolder();
  await using browser = await openBrowser(folder.path);
  const svg = (text: string) => `data:image/svg+xml;base64,${btoa(text)}`;
  const square = ICON_SVG.replace(/ rx="[^"]*"/, "");
  for (
    const [drawn, kept, size] of [
      [svg(ICON_SVG), `data:image/vnd.microsoft.icon;base64,${ICON_ICO.toBase64()}`, 32],
      [svg(square), `data:image/png;base64,${ICON_TOUCH.toBase64()}`, 180],
    ] as const
  ) {
    const compare = (other: string) =>
      browser.page.evaluate(`(${COMPARE})(${JSON.stringify([drawn, other, size])})`);
    const difference = await compare(kept);
    assert.ok(typeof difference === "number" && difference < 4, `${size} pixels: ${difference}`);
    const blank = await compare(svg('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'));
    assert.ok(typeof blank === "number" && blank > 20, `${size} pixels, nothing drawn: ${blank}`);
  }
});
