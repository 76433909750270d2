// The colours of everything that people look at: the gateway's page, the sign-in server's pages, the report of the personas, the
// views in chats. Knows no page. tests/process/look/palette_test.ts computes the contrast of each pair that is used.

/** One colour for each use, as `#rrggbb`. */
export interface Colours {
  /** Text. */
  readonly ink: string;
  /** Text of less weight; readable all the same. */
  readonly soft: string;
  /** The page. */
  readonly paper: string;
  /** What lies on the page: cards, notes. */
  readonly card: string;
  /** The inside of fields that people type in. */
  readonly field: string;
  /** A line that only divides; nobody has to see it. */
  readonly line: string;
  /** The border of a field, a tick, a button: without it nobody would find them (WCAG 1.4.11). */
  readonly edge: string;
  /** Links, the first button, the focus ring, what is chosen. */
  readonly accent: string;
  /** Text on the accent. */
  readonly onAccent: string;
  /** Behind what is chosen or asked. */
  readonly tint: string;
  readonly good: string;
  /** Wants a look; nothing is broken. */
  readonly warn: string;
  readonly bad: string;
}

/** The colours on a light screen. */
export const LIGHT: Colours = {
  ink: "#1d1b2e",
  soft: "#5a5770",
  paper: "#f8f7fb",
  card: "#ffffff",
  field: "#ffffff",
  line: "#dfdce9",
  edge: "#7d7a93",
  accent: "#4b39c4",
  onAccent: "#ffffff",
  tint: "#efecfc",
  good: "#17693a",
  warn: "#875100",
  bad: "#b3261e",
};

/** The colours on a dark screen. */
export const DARK: Colours = {
  ink: "#edebf5",
  soft: "#adaac2",
  paper: "#13121b",
  card: "#1d1b29",
  field: "#13121b",
  line: "#37344b",
  edge: "#7f7b98",
  accent: "#b6abff",
  onAccent: "#171235",
  tint: "#2a2547",
  good: "#7fdca0",
  warn: "#f1bb62",
  bad: "#ffa198",
};

/** The declarations of colours, such as `--ink: #1d1b2e; --on-accent: #ffffff;`. */
export function declareColours(colours: Colours): string {
  return Object.entries(colours).map(([name, colour]) =>
    `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}: ${colour};`
  ).join(" ");
}

/** The colours as CSS: light, and dark where the person's device is. */
export const PALETTE = `:root { color-scheme: light dark; ${declareColours(LIGHT)} }
@media (prefers-color-scheme: dark) { :root { ${declareColours(DARK)} } }
`;
