// Everything that a tool file may import besides zod: the words in which tools are written (docs/authoring-tools.md).

export { defineTool, type Tool } from "./define_tool.ts";
export { choices, defineAppTable } from "./tables/app_table.ts";
export { type ModuleNarrowing, readable } from "./tables/narrowing.ts";
export { defineTable } from "../records/define_table.ts";
export type { PlainRecordOf, StoredRecordOf } from "../records/define_table.ts";
export type {
  AnyRowsTogether,
  DestructiveRecords,
  ReadRecords,
  RowsTogether,
  WriteRecords,
} from "../records/records.ts";
export { counted } from "../kit/counted.ts";
export { SPACES_TOLD_BY } from "../kit/errors.ts";
export { refuseInput } from "./refuse_input.ts";
export { recordOutput, recordOutputOf } from "./record_schema.ts";
export { pageInput, pageOutput } from "./page_schema.ts";
export { definePrompt, type Prompt } from "./define_prompt.ts";
export { defineSkill, type Skill } from "./skills/define_skill.ts";
export { defineProfile, type Profile } from "./profiles/define_profile.ts";
export { defineView, type View } from "./views/define_view.ts";
export { defineResource, type Resource } from "./define_resource.ts";
export { deleteQuestion } from "./delete_question.ts";
export { shownText } from "../kit/shown_text.ts";
export { visibleText } from "./visible_text.ts";
export { rowsThatFit } from "./rows_that_fit.ts";
export { addDays, daysBetween, isDay, isDayOrInstant } from "./time/day.ts";
export { dateTimeInput, timeZoneInput } from "./time/time_inputs.ts";
export { ruleInput, storedRule } from "./time/recurrence_rule.ts";
export type { Calendar, CalendarSeries } from "./time/calendar.ts";
export type { Occurrence } from "./time/series.ts";
export { ALL_SPACE_TYPES, defineModule, type Module } from "./define_module.ts";
export { idsWhere } from "./parts/ids_where.ts";
export { recordId } from "./parts/record_id.ts";
export { changedOutput, createdOutput, deletedOutput } from "./parts/outcomes.ts";
export { clearInput, filledFields, patchOf } from "./parts/patch.ts";
export { dayInput, dayRangeInput, withinDays } from "./parts/day_range.ts";
export { offerTitles } from "./parts/offer_titles.ts";
export { textFilter, textFilterInput } from "./parts/text_filter.ts";
export { colorInput } from "./parts/color_input.ts";
export { defineDeletion } from "./parts/define_deletion.ts";
export { demandReadable } from "./parts/demand_readable.ts";
