// A small line of ratings, drawn by the server. Its label says the numbers, so that nothing is told by the picture alone.
import { numberWords } from "./trend_words.ts";

/** The line of these ratings, oldest first; nothing without any. */
export function TrendLine({ values, of }: TrendLineProps) {
  const last = values.at(-1);
  if (last === undefined) return null;
  const points = values.map((value, index) => ({ x: xOf(index, values.length), y: yOf(value) }));
  return (
    <svg
      class="trend"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      width={WIDTH}
      height={HEIGHT}
      role="img"
      aria-label={`${of}: ${numberWords(values)}`}
    >
      <path class="scale" d={`M0 ${yOf(5)}H${WIDTH}M0 ${yOf(3)}H${WIDTH}M0 ${yOf(1)}H${WIDTH}`} />
      <polyline class="line" points={points.map(({ x, y }) => `${x},${y}`).join(" ")} />
      <circle class="end" cx={xOf(values.length - 1, values.length)} cy={yOf(last)} r="3" />
    </svg>
  );
}

/** What a line shows. */
export interface TrendLineProps {
  /** From 1 to 5. */
  readonly values: readonly number[];
  /** What the ratings are of, such as `Notes in the last 7 ticks`. */
  readonly of: string;
}

const WIDTH = 96;
const HEIGHT = 28;
/** Room for the end's dot. */
const EDGE = 4;

function xOf(index: number, count: number): number {
  const place = count === 1 ? 1 : index / (count - 1);
  return Math.round(10 * (EDGE + place * (WIDTH - 2 * EDGE))) / 10;
}

function yOf(rating: number): number {
  return Math.round(10 * (EDGE + (5 - rating) / 4 * (HEIGHT - 2 * EDGE))) / 10;
}
