// The product's own colours as a view's style has them: one declaration for both themes.
import { DARK, declareColours, LIGHT } from "../../process/look/palette.ts";

/** Custom properties such as `--ink:light-dark(#1d1b2e,#edebf5)`, by the same names as on the pages. */
export function paletteStyle(): string {
  const dark = colours(declareColours(DARK));
  const both = [...colours(declareColours(LIGHT))].map(([name, light]) =>
    `${name}:light-dark(${light},${dark.get(name) ?? light})`
  );
  return `:root{${both.join(";")}}`;
}

function colours(declarations: string): ReadonlyMap<string, string> {
  return new Map(
    [...declarations.matchAll(/(--[a-z-]+): (#[0-9a-f]{6});/g)].map((
      [, name = "", colour = ""],
    ) => [name, colour]),
  );
}
