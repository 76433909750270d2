// What stands below every page: the operator's words on privacy, and the terms.
import { PRIVACY_PATH, TERMS_PATH } from "../../../process/operator/policy_page.ts";

/** The footer. Both paths lead to the operator's own pages where the operator has some. */
export function PageFooter() {
  return (
    <footer>
      <nav aria-label="About this installation">
        <a href={PRIVACY_PATH}>Privacy</a> <a href={TERMS_PATH}>Terms</a>
      </nav>
    </footer>
  );
}
