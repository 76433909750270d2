// The report's addresses: `/`, `/personas/<name>`, `/report.json`, `/style.css`, the mark. Everybody on this computer may read them; they tell
// names, counts and ratings of people who do not exist.
import { Hono } from "@hono/hono";
import type { ReportAnswer } from "../personas_api/ask_report.ts";
import { FAULT_WORDS, FaultPage, NotFoundPage } from "./fault_page.tsx";
import { refuseForeignHost } from "./host_check.ts";
import type { RunnerView } from "./layout.tsx";
import { jsonAnswer, pageAnswer, styleAnswer } from "./page_answer.ts";
import { PAGE_STYLE } from "./page_style.ts";
import { ICON_PATHS, iconAnswer } from "../../process/look/icon_answer.ts";
import { PersonaPage } from "./persona_page.tsx";
import { ReportPage } from "./report_page.tsx";
import { viewReport } from "./report_view.ts";

/**
 * The routes, to be mounted after all others: every other address is answered with a page that says so. Each page asks the personas
 * API anew: the runner keeps nothing.
 */
export function createReportRoutes({ askReport, describeRunner }: ReportRoutesDeps): Hono {
  const routes = new Hono();
  routes.use("*", async (c, next) => {
    const refusal = refuseForeignHost(c.req.raw);
    if (refusal !== undefined) return refusal;
    await next();
    return;
  });
  for (const path of ICON_PATHS) routes.get(path, () => iconAnswer(path));
  routes.get("/style.css", () => styleAnswer(PAGE_STYLE));
  routes.get("/", async (c) => {
    const runner = describeRunner();
    const answer = await askReport(c.req.raw.signal);
    if (!answer.ok) return pageAnswer(<FaultPage fault={answer.fault} runner={runner} />, 503);
    return pageAnswer(<ReportPage view={viewReport(answer.report)} runner={runner} />);
  });
  routes.get("/personas/:name", async (c) => {
    const runner = describeRunner();
    const answer = await askReport(c.req.raw.signal);
    if (!answer.ok) return pageAnswer(<FaultPage fault={answer.fault} runner={runner} />, 503);
    const persona = viewReport(answer.report).people.find(({ name }) => name === c.req.param("name"));
    if (persona === undefined) return pageAnswer(<NotFoundPage runner={runner} />, 404);
    return pageAnswer(<PersonaPage persona={persona} runner={runner} />);
  });
  routes.get("/report.json", async (c) => {
    const answer = await askReport(c.req.raw.signal);
    if (answer.ok) return jsonAnswer({ runner: describeRunner(), ...viewReport(answer.report) });
    const { title, text } = FAULT_WORDS[answer.fault];
    return jsonAnswer({ error: `report-${answer.fault}`, message: `${title}. ${text}` }, 503);
  });
  routes.all("*", () => pageAnswer(<NotFoundPage runner={describeRunner()} />, 404));
  return routes;
}

/** What the report needs. */
export interface ReportRoutesDeps {
  /** The personas API's report, or why there is none. */
  readonly askReport: (signal: AbortSignal) => Promise<ReportAnswer>;
  /** What the runner says of itself at the moment. */
  readonly describeRunner: () => RunnerView;
}
