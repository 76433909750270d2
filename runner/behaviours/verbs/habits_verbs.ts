// What people do with their habits.
import { type Deed, deed, deedTo, deletion, type Phrases, say } from "../behaviour.ts";

/** Makes up a new habit. */
export function beginHabit(weight: number, titles: Phrases): Deed {
  return deed("habits_create", weight, (making) => ({
    title: say(making, titles),
    icon: making.random.pick(["star", "drop", "book-open", "moon"]),
    targetPerDay: making.random.whole(1, 3),
  }));
}

/** Notes that a habit was kept. */
export function keepHabit(weight: number, notes: Phrases): Deed {
  return deedTo(
    "habits_log",
    weight,
    (row) => row.isArchived !== true,
    (making) => making.random.happens(0.5) ? { note: say(making, notes) } : {},
  );
}

/** Looks at habits, with how often each was kept today. */
export function lookAtHabits(weight: number): Deed {
  return deed("habits_list", weight, () => ({ counts: true }));
}

/** Gives a habit another title. */
export function renameHabit(weight: number, titles: Phrases): Deed {
  return deedTo("habits_update", weight, () => true, (making) => ({ title: say(making, titles) }));
}

/** Puts a habit away, or brings it back. */
export function archiveHabit(weight: number): Deed {
  return deedTo("habits_archive", weight, () => true, ({ row }) => ({ archived: row.isArchived !== true }));
}

/** Gives a habit up. */
export function giveUpHabit(weight: number): Deed {
  return deletion("habits_delete", weight);
}
