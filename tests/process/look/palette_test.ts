import assert from "node:assert/strict";
import { ICON_SVG } from "../../../process/look/icon.ts";
import { type Colours, DARK, declareColours, LIGHT, PALETTE } from "../../../process/look/palette.ts";

/** Contrast of two colours (WCAG 2.2, "contrast ratio"). */
function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  assert.match(colour, /^#[0-9a-f]{6}$/);
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** On what each colour of text stands. */
const TEXT: Readonly<Record<string, readonly (keyof Colours)[]>> = {
  ink: ["paper", "card", "field", "tint"],
  soft: ["paper", "card", "field", "tint"],
  accent: ["paper", "card", "field", "tint"],
  onAccent: ["accent"],
  good: ["paper", "card", "tint"],
  warn: ["paper", "card", "tint"],
  bad: ["paper", "card", "field", "tint"],
};

Deno.test("contrast is computed as WCAG computes it", () => {
  assert.equal(contrast("#000000", "#ffffff"), 21);
  assert.equal(contrast("#777777", "#ffffff").toFixed(2), "4.48");
});

for (const [theme, colours] of Object.entries({ LIGHT, DARK })) {
  Deno.test(`${theme}: text has a contrast of 4.5 at least, and borders of controls have 3`, () => {
    for (const [name, grounds] of Object.entries(TEXT)) {
      for (const ground of grounds) {
        const ratio = contrast(Reflect.get(colours, name), colours[ground]);
        assert.ok(ratio >= 4.5, `${name} on ${ground}: ${ratio.toFixed(2)}`);
      }
    }
    for (const ground of ["paper", "card", "field", "tint"] as const) {
      for (const name of ["edge", "accent"] as const) {
        const ratio = contrast(colours[name], colours[ground]);
        assert.ok(ratio >= 3, `${name} on ${ground}: ${ratio.toFixed(2)}`);
      }
    }
  });
}

Deno.test("the palette declares each colour in both themes, under the name that pages use", () => {
  assert.equal(declareColours(LIGHT).split(";").length, declareColours(DARK).split(";").length);
  for (const theme of [LIGHT, DARK]) {
    assert.ok(PALETTE.includes(`--on-accent: ${theme.onAccent};`));
    assert.ok(PALETTE.includes(declareColours(theme)));
  }
  assert.match(PALETTE, /prefers-color-scheme: dark/);
});

Deno.test("the icon is one small picture that loads and runs nothing", () => {
  assert.ok(ICON_SVG.length < 1_000);
  assert.match(ICON_SVG, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 32 32">/);
  assert.doesNotMatch(ICON_SVG, /<text|<script|href|url\(|<style/);
  // The tile is white on the accent: both ways round it is seen.
  for (const colour of ICON_SVG.matchAll(/fill="(#[0-9a-f]{6})"/g)) {
    assert.ok(contrast(colour[1] ?? "", "#ffffff") >= 4.5);
  }
});
