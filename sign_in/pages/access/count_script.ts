// The script of the pages on which a person chooses what an app may see: while they choose, it asks this server how many records that
// shows, and says so. Without it the buttons "Count" do the same.

/** Address of the script. */
export const COUNT_SCRIPT_PATH = "/count.js";

/** Where the script asks. */
export const COUNT_PATH = "/narrowing/count";

/**
 * The script. It sends the fields of one module to this server and to nobody else, and writes the answer as text. A form never waits
 * for it.
 */
export const COUNT_SCRIPT = `// Says how much of your data an app would see, while you choose.
(function () {
  var SHARED = ["preset", "zone", "where", "space"];
  document.querySelectorAll("[data-count]").forEach(function (control) {
    var form = control.closest("form");
    var said = control.querySelector("[role=status]");
    var timers = {};
    var asked = {};
    // The buttons do by hand what is done here while the person chooses.
    control.querySelectorAll("button[name=count]").forEach(function (button) {
      button.parentElement.remove();
    });
    function fieldsOf(module) {
      var fields = new URLSearchParams({ form: control.dataset.count, module: module });
      new FormData(form).forEach(function (value, name) {
        var isOwn = name.slice(name.indexOf(".") + 1) === module && name.indexOf(".") > 0;
        if (typeof value === "string" && (isOwn || SHARED.indexOf(name) >= 0)) fields.append(name, value);
      });
      if (!fields.has("zone") && control.dataset.zone) fields.append("zone", control.dataset.zone);
      return fields;
    }
    function ask(fold) {
      var module = fold.dataset.module;
      var number = (asked[module] || 0) + 1;
      asked[module] = number;
      clearTimeout(timers[module]);
      timers[module] = setTimeout(function () {
        fetch("${COUNT_PATH}", { method: "POST", body: fieldsOf(module), redirect: "error" })
          .then(function (answer) {
            return answer.ok ? answer.json() : null;
          })
          .then(function (answer) {
            if (answer !== null && asked[module] === number) say(fold, answer);
          })
          .catch(function () {});
      }, 400);
    }
    function say(fold, answer) {
      fold.querySelector(".said").textContent = answer.words;
      fold.querySelector(".count").textContent = answer.count;
      if (answer.count !== "") said.textContent = answer.label + ": " + answer.count;
    }
    control.querySelectorAll("details.only").forEach(function (fold) {
      fold.addEventListener("toggle", function () {
        if (fold.open) ask(fold);
      });
    });
    form.addEventListener("change", function (event) {
      var fold = event.target.closest("details.only");
      if (fold !== null) ask(fold);
      else if (SHARED.indexOf(event.target.name) >= 0) {
        control.querySelectorAll("details.only[open]").forEach(ask);
      }
    });
  });
})();
`;
