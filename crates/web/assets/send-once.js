// A form that is on its way is not sent a second time. Its buttons stay focusable, and their values are sent.
"use strict";
(() => {
  const LONG = 15000; // after that somebody may try again: the answer was lost, or they stopped it

  const release = (form) => {
    delete form.dataset.sent;
    for (const button of form.elements) button.removeAttribute("aria-disabled");
  };

  addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "once";
    for (const button of form.elements) {
      if (button.type === "submit") button.setAttribute("aria-disabled", "true");
    }
    setTimeout(release, LONG, form);
  });

  // Back to a page that the browser had kept as it was.
  addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("form[data-sent]").forEach(release);
  });
})();
