// What people do with their moods, and with their dreams.
import { type Deed, deed, deedTo, type Phrases, say } from "../behaviour.ts";

type Emotion = "happy" | "calm" | "energized" | "grateful" | "anxious" | "tired" | "stressed" | "overwhelmed";

/** Notes a mood. */
export function logMood(weight: number, emotions: readonly [Emotion, ...Emotion[]], notes: Phrases): Deed {
  return deed("mood_log", weight, (making) => ({
    level: making.random.whole(2, 9),
    emotion: making.random.pick(emotions),
    activity: making.random.pick(["work", "social", "alone", "outdoors", "creative", "chores"]),
    notes: say(making, notes),
    date: making.today,
  }));
}

/** Looks at the last moods. */
export function lookAtMoods(weight: number): Deed {
  return deed("mood_list", weight, () => ({ limit: 20 }));
}

/** Thinks again about a mood. */
export function correctMood(weight: number): Deed {
  return deedTo("mood_update", weight, () => true, ({ random }) => ({ level: random.whole(1, 10) }));
}

/** Writes a dream down. */
export function writeDream(weight: number, titles: Phrases, sentences: Phrases, symbols: Phrases): Deed {
  return deed("dreams_create", weight, (making) => ({
    title: say(making, titles),
    content: [1, 2].map(() => say(making, sentences)).join(" "),
    dreamDate: making.today,
    clarity: making.random.whole(1, 5),
    mood: making.random.pick(["angenehm", "neutral", "unangenehm"]),
    symbols: [making.random.pick(symbols)],
  }));
}

/** Reads a dream of earlier. */
export function readDream(weight: number): Deed {
  return deedTo("dreams_read", weight, () => true);
}

/** Adds what a dream may mean. */
export function interpretDream(weight: number, thoughts: Phrases): Deed {
  return deedTo("dreams_update", weight, () => true, (making) => ({ interpretation: say(making, thoughts) }));
}
