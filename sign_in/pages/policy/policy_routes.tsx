// The pages about privacy and of terms, or the way to the operator's own. Anyone may read them; nobody is signed in for them.
import { Hono } from "@hono/hono";
import type { Operator } from "../../../process/operator/operator.ts";
import { type PolicyPage, PRIVACY_PATH, TERMS_PATH } from "../../../process/operator/policy_page.ts";
import { privacyPage } from "../../../process/operator/privacy_page.ts";
import { termsPage } from "../../../process/operator/terms_page.ts";
import type { Peer } from "../../http/client_address.ts";
import { Layout } from "../layout.tsx";
import { pageAnswer, redirectAnswer } from "../page_answer.ts";

/** The two routes. */
export function createPolicyRoutes(operator: Operator): Hono<Peer> {
  const routes = new Hono<Peer>();
  routes.get(PRIVACY_PATH, () => policyAnswer(operator.privacyUrl, privacyPage(operator)));
  routes.get(TERMS_PATH, () => policyAnswer(operator.termsUrl, termsPage(operator)));
  return routes;
}

async function policyAnswer(elsewhere: string | undefined, page: PolicyPage): Promise<Response> {
  if (elsewhere !== undefined) return redirectAnswer(elsewhere);
  return await pageAnswer(
    <Layout title={page.title}>
      {page.sections.map(({ heading, paragraphs, link }) => (
        <section key={heading}>
          <h2>{heading}</h2>
          {paragraphs.map((text) => <p key={text}>{text}</p>)}
          {link === undefined ? null : (
            <p>
              <a href={link.href}>{link.text}</a>
            </p>
          )}
        </section>
      ))}
      <p>
        <a href="/apps">Your connected apps</a>
      </p>
    </Layout>,
  );
}
