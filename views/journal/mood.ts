// Moods as a symbol, a colour and a word: no one of them stands alone. The stored words are the Mana app's own, in German.
import { svg } from "../kit/element.ts";

/** How a mood is shown. */
interface Face {
  readonly word: string;
  readonly tone: "good" | "even" | "warn" | "bad";
  /** What is drawn in a circle of 20 × 20. */
  readonly lines: readonly string[];
}

const EYES = "M7 8v.6M13 8v.6";

const FACES: Readonly<Record<string, Face>> = {
  dankbar: {
    word: "grateful",
    tone: "good",
    lines: ["M10 14.6 6.3 10.9a2.3 2.3 0 0 1 3.3-3.2l.4.4.4-.4a2.3 2.3 0 0 1 3.3 3.2z"],
  },
  glücklich: { word: "happy", tone: "good", lines: [EYES, "M5.8 11.4a4.4 4.4 0 0 0 8.4 0z"] },
  zufrieden: { word: "content", tone: "good", lines: [EYES, "M6.8 12.2a4 4 0 0 0 6.4 0"] },
  neutral: { word: "neutral", tone: "even", lines: [EYES, "M7 13h6"] },
  nachdenklich: { word: "thoughtful", tone: "even", lines: [EYES, "M6 6l2.4-.8", "M7.4 13.6 13 12.2"] },
  traurig: { word: "sad", tone: "warn", lines: [EYES, "M6.8 14a4 4 0 0 1 6.4 0"] },
  gestresst: {
    word: "stressed",
    tone: "warn",
    lines: [EYES, "M6 13.4l1.6-1.6 1.6 1.6 1.6-1.6 1.6 1.6 1.4-1.4"],
  },
  wütend: {
    word: "angry",
    tone: "bad",
    lines: [EYES, "M5.8 5.6l2.6 1.2M14.2 5.6l-2.6 1.2", "M6.8 14a4 4 0 0 1 6.4 0"],
  },
};

/** The word of a mood in English; a word of somebody else's as it stands. */
export function moodWord(mood: string): string {
  return Object.hasOwn(FACES, mood) ? FACES[mood]?.word ?? mood : mood;
}

/** The symbol of a mood; of a word that is not the app's, an empty circle. Its word has to stand beside it, or in a label. */
export function moodSymbol(mood: string): SVGSVGElement {
  const face = Object.hasOwn(FACES, mood) ? FACES[mood] : undefined;
  return svg(
    "svg",
    {
      attributes: {
        class: `mood ${face?.tone ?? "even"}`,
        width: 20,
        height: 20,
        viewBox: "0 0 20 20",
        "aria-hidden": "true",
      },
    },
    svg("circle", { attributes: { cx: 10, cy: 10, r: 8.5 } }),
    ...(face?.lines ?? []).map((d) => svg("path", { attributes: { d } })),
  );
}
