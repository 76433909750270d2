// What people do with their calendar.
import { dayFrom, type Deed, deed, deedTo, deletion, type Making, type Phrases, say } from "../behaviour.ts";

/** Plans something in the next days. */
export function planEvent(weight: number, titles: Phrases, places: Phrases): Deed {
  return deed("calendar_create", weight, (making) => {
    const day = dayFrom(making, making.random.whole(0, 9));
    const hour = making.random.whole(8, 18);
    return {
      title: say(making, titles),
      startDate: `${day}T${twoDigits(hour)}:${making.random.pick(["00", "15", "30"])}`,
      endDate: `${day}T${twoDigits(hour + 2)}:00`,
      location: making.random.pick(places),
    };
  });
}

/** Plans something that comes again each week. */
export function planSeries(weight: number, titles: Phrases): Deed {
  return deed("calendar_create", weight, (making) => ({
    title: say(making, titles),
    startDate: dayFrom(making, making.random.whole(0, 6)),
    recurrenceRule: "FREQ=WEEKLY;COUNT=4",
  }));
}

/** Looks at the days to come. */
export function lookAhead(weight: number, days = 7): Deed {
  return deed("calendar_list", weight, (making) => ({ from: making.today, to: dayFrom(making, days) }));
}

/** Looks for free time. */
export function findFreeTime(weight: number): Deed {
  return deed("calendar_free", weight, (making) => ({
    from: making.today,
    to: dayFrom(making, 5),
    minutes: making.random.pick([30, 60, 90]),
  }));
}

/** Reads what is planned. */
export function readEvent(weight: number): Deed {
  return deedTo("calendar_read", weight, isOneEvent);
}

/** Gives an event another place. */
export function moveEvent(weight: number, places: Phrases): Deed {
  return deedTo("calendar_update", weight, isOneEvent, (making: Making) => ({
    location: say(making, places),
  }));
}

/** Calls an event off. */
export function cancelEvent(weight: number): Deed {
  return deletion("calendar_delete", weight, isOneEvent);
}

/** Entries of other modules, and times of a series, which need more arguments, are left alone. */
function isOneEvent(row: { readonly [member: string]: unknown }): boolean {
  return (row.module === undefined || row.module === "calendar") && row.recurring !== true &&
    row.recurrenceRule === undefined;
}

function twoDigits(hour: number): string {
  return String(hour).padStart(2, "0");
}
