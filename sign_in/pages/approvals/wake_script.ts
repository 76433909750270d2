// The one script of the pages of approvals: it keeps the buttons asleep until the page has been in view for a moment. A window that
// comes up under the pointer must not take a click that was meant for another window.
//
// Without scripts the buttons work at once, and that is accepted. The script guards against an accident of the person's own hand.
// What guards against others does not need it: no other site can frame the page (page_answer.ts) or send its form
// (decide.tsx), and whoever switched scripts off must still be able to say no.

/** Address of the script. */
export const WAKE_SCRIPT_PATH = "/wake.js";

/** The script. Loaded before the page is shown, so that no button is awake before it runs. Reads and sends nothing. */
export const WAKE_SCRIPT = `// The buttons wake once this page has been in view for 0.6 seconds.
(function () {
  var isAwake = false;
  var timer;
  function show() {
    document.querySelectorAll("button[name=decision]").forEach(function (button) {
      if (isAwake) button.removeAttribute("aria-disabled");
      else button.setAttribute("aria-disabled", "true");
    });
  }
  function sleep() {
    clearTimeout(timer);
    isAwake = false;
    show();
    if (document.visibilityState !== "visible") return;
    timer = setTimeout(function () {
      isAwake = true;
      show();
    }, 600);
  }
  document.addEventListener("submit", function (event) {
    if (!isAwake && event.submitter && event.submitter.name === "decision") event.preventDefault();
  }, true);
  document.addEventListener("DOMContentLoaded", sleep);
  document.addEventListener("visibilitychange", sleep);
  addEventListener("pageshow", sleep);
})();
`;
