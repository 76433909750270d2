// The list of modules. Scopes, words on the pages, counts of uses and the instructions for models are made of it
// (docs/house.md).
import type { Module } from "../lib/tool/authoring.ts";
import { spacesModule } from "./account/spaces.ts";
import { calendarModule } from "./day/calendar.ts";
import { dayModule } from "./day/day.ts";
import { habitsModule } from "./day/habits.ts";
import { journalModule } from "./day/journal.ts";
import { notesModule } from "./day/notes.ts";
import { todoModule } from "./day/todo.ts";
import { contactsModule } from "./people/contacts.ts";
import { eventsModule } from "./people/events.ts";
import { linksModule } from "./people/links.ts";
import { profileModule } from "./people/profile.ts";
import { tagsModule } from "./people/tags.ts";
import { inventoryModule } from "./home/inventory.ts";
import { photosModule } from "./home/photos.ts";
import { storageModule } from "./home/storage.ts";
import { financeModule } from "./money/finance.ts";
import { bodyModule } from "./wellbeing/body.ts";
import { dreamsModule } from "./wellbeing/dreams.ts";
import { invoicesModule } from "./money/invoices.ts";
import { timesModule } from "./money/times.ts";
import { drinkModule } from "./wellbeing/drink.ts";
import { meditateModule } from "./wellbeing/meditate.ts";
import { moodModule } from "./wellbeing/mood.ts";
import { periodModule } from "./wellbeing/period.ts";
import { sleepModule } from "./wellbeing/sleep.ts";
import { stretchModule } from "./wellbeing/stretch.ts";
import { augurModule } from "./leisure/augur.ts";
import { firstsModule } from "./leisure/firsts.ts";
import { lastsModule } from "./leisure/lasts.ts";
import { libraryModule } from "./leisure/library.ts";
import { recipesModule } from "./leisure/recipes.ts";
import { guidesModule } from "./learning/guides.ts";
import { questionsModule } from "./learning/questions.ts";
import { quizModule } from "./learning/quiz.ts";
import { skilltreeModule } from "./learning/skilltree.ts";
import { broadcastsModule } from "./studio/broadcasts.ts";
import { chatModule } from "./studio/chat.ts";
import { formsModule } from "./studio/forms.ts";
import { mailModule } from "./studio/mail.ts";
import { missionsModule } from "./studio/missions.ts";
import { presiModule } from "./studio/presi.ts";
import { websiteModule } from "./studio/website.ts";
import { writingModule } from "./studio/writing.ts";
import { articlesModule } from "./leisure/articles.ts";
import { placesModule } from "./home/places.ts";

/** The one list of modules, in the order of `tools/list` and of the pages. After a change: `deno task modules`. */
export const MODULES: readonly Module[] = [
  habitsModule,
  spacesModule,
  todoModule,
  calendarModule,
  dayModule,
  notesModule,
  journalModule,
  // People
  profileModule,
  tagsModule,
  contactsModule,
  eventsModule,
  linksModule,
  // Money
  financeModule,
  timesModule,
  invoicesModule,
  // Home
  inventoryModule,
  storageModule,
  photosModule,
  // Wellbeing
  moodModule,
  sleepModule,
  drinkModule,
  bodyModule,
  dreamsModule,
  meditateModule,
  stretchModule,
  // Cycle
  periodModule,
  // Leisure
  libraryModule,
  recipesModule,
  firstsModule,
  lastsModule,
  augurModule,
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
  // Of earlier versions
  articlesModule,
  placesModule,
];
