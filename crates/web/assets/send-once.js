// Prevents a double submit. The buttons of a sent form stay focusable, and their values are sent.
"use strict";
(() => {
  // After 15 s the form can be sent again: the response was lost, or the user stopped loading.
  const RESEND_AFTER_MS = 15000;

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
    setTimeout(release, RESEND_AFTER_MS, form);
  });

  // A page restored from the back/forward cache keeps its data-sent attribute.
  addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("form[data-sent]").forEach(release);
  });
})();
