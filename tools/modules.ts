// The list of modules. Scopes, words on the pages, counts of uses and the instructions for models are made of it
// (docs/house.md).
import type { Module } from "../lib/tool/authoring.ts";
import { spacesModule } from "./account/spaces.ts";
import { dayModule } from "./day/day.ts";
import { todoModule } from "./day/todo.ts";
import { calendarModule } from "./day/calendar.ts";
import { notesModule } from "./day/notes.ts";
import { journalModule } from "./day/journal.ts";
import { habitsModule } from "./day/habits.ts";
import { contactsModule } from "./people/contacts.ts";
import { eventsModule } from "./people/events.ts";
import { profileModule } from "./people/profile.ts";
import { tagsModule } from "./people/tags.ts";
import { linksModule } from "./people/links.ts";
import { moodModule } from "./wellbeing/mood.ts";
import { sleepModule } from "./wellbeing/sleep.ts";
import { drinkModule } from "./wellbeing/drink.ts";
import { bodyModule } from "./wellbeing/body.ts";
import { meditateModule } from "./wellbeing/meditate.ts";
import { dreamsModule } from "./wellbeing/dreams.ts";
import { stretchModule } from "./wellbeing/stretch.ts";
import { periodModule } from "./wellbeing/period.ts";
import { financeModule } from "./money/finance.ts";
import { timesModule } from "./money/times.ts";
import { invoicesModule } from "./money/invoices.ts";
import { libraryModule } from "./leisure/library.ts";
import { recipesModule } from "./leisure/recipes.ts";
import { firstsModule } from "./leisure/firsts.ts";
import { lastsModule } from "./leisure/lasts.ts";
import { augurModule } from "./leisure/augur.ts";
import { articlesModule } from "./leisure/articles.ts";
import { inventoryModule } from "./home/inventory.ts";
import { storageModule } from "./home/storage.ts";
import { photosModule } from "./home/photos.ts";
import { placesModule } from "./home/places.ts";
import { quizModule } from "./learning/quiz.ts";
import { skilltreeModule } from "./learning/skilltree.ts";
import { questionsModule } from "./learning/questions.ts";
import { guidesModule } from "./learning/guides.ts";
import { writingModule } from "./studio/writing.ts";
import { presiModule } from "./studio/presi.ts";
import { websiteModule } from "./studio/website.ts";
import { formsModule } from "./studio/forms.ts";
import { broadcastsModule } from "./studio/broadcasts.ts";
import { mailModule } from "./studio/mail.ts";
import { chatModule } from "./studio/chat.ts";
import { missionsModule } from "./studio/missions.ts";

/** The one list of modules, in the order of `tools/list` and of the pages. After a change: `deno task modules`. */
export const MODULES: readonly Module[] = [
  // Day, and the spaces in the place where clients have always found them
  habitsModule,
  spacesModule,
  todoModule,
  calendarModule,
  dayModule,
  notesModule,
  journalModule,
  // People
  contactsModule,
  eventsModule,
  profileModule,
  tagsModule,
  linksModule,
  // Wellbeing
  moodModule,
  sleepModule,
  drinkModule,
  bodyModule,
  meditateModule,
  dreamsModule,
  stretchModule,
  // Cycle
  periodModule,
  // Money
  financeModule,
  timesModule,
  invoicesModule,
  // Leisure
  libraryModule,
  recipesModule,
  firstsModule,
  lastsModule,
  augurModule,
  articlesModule,
  // Home
  inventoryModule,
  storageModule,
  photosModule,
  placesModule,
  // Learning
  quizModule,
  skilltreeModule,
  questionsModule,
  guidesModule,
  // Studio
  writingModule,
  presiModule,
  websiteModule,
  formsModule,
  broadcastsModule,
  mailModule,
  chatModule,
  missionsModule,
];
