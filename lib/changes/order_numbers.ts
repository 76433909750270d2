// Order numbers for records that are put at the end of a list. The numbers of inserts under way are kept here, since no
// pull shows those inserts yet. Knows nothing of other gateways.

import { MAX_ORDER } from "../kit/limits.ts";

/**
 * Gives each new record of a list an order number above all others, also when several records are inserted at the same time.
 * A record of another gateway can get the same number; records with equal numbers are sorted by time and id.
 */
export interface OrderNumbers {
  /**
   * Runs `insert` with a number above `readHighest()`, the highest number in the change log, and above the numbers of inserts
   * under way. Never above {@link MAX_ORDER}. Throws what the two functions throw; the number is then not used again.
   *
   * @param list a key of the list: a table in a space, whoever writes
   */
  insertLast<T>(
    list: string,
    readHighest: () => Promise<number>,
    insert: (order: number) => Promise<T>,
  ): Promise<T>;
}

/** The end of one list, known while an insert of the list is under way. */
interface ListEnd {
  /** The highest number given out so far. */
  highest: number;
  inserting: number;
}

/** Starts with no insert under way. */
export function createOrderNumbers(): OrderNumbers {
  const ends = new Map<string, ListEnd>();
  return Object.freeze({
    async insertLast<T>(
      list: string,
      readHighest: () => Promise<number>,
      insert: (order: number) => Promise<T>,
    ): Promise<T> {
      // Entered before the change log is read: the read may miss an insert that ends meanwhile.
      const end = ends.get(list) ?? { highest: -1, inserting: 0 };
      ends.set(list, end);
      end.inserting += 1;
      try {
        const logged = await readHighest();
        // Nothing is awaited between this line and the number, or two inserts would get the same number.
        end.highest = Math.min(MAX_ORDER, Math.floor(Math.max(end.highest, logged)) + 1);
        return await insert(end.highest);
      } finally {
        end.inserting -= 1;
        if (end.inserting === 0) ends.delete(list);
      }
    },
  });
}
