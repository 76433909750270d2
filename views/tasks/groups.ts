// Tasks by when they are due.
import type { Task } from "./task.ts";

/** Tasks under one heading. */
export interface Group {
  readonly title: string;
  readonly tasks: readonly Task[];
}

/** Overdue, today, later, without a day, done: in this order, the empty ones left out. Within a group the person's own order stays. */
export function groupTasks(tasks: readonly Task[], today: string): Group[] {
  const open = tasks.filter((task) => !task.isCompleted);
  const groups: readonly Group[] = [
    { title: "Overdue", tasks: open.filter(({ due }) => due !== null && due < today) },
    { title: "Today", tasks: open.filter(({ due }) => due === today) },
    { title: "Later", tasks: open.filter(({ due }) => due !== null && due > today) },
    { title: "No date", tasks: open.filter(({ due }) => due === null) },
    { title: "Done", tasks: tasks.filter((task) => task.isCompleted) },
  ];
  return groups.filter((group) => group.tasks.length > 0);
}
