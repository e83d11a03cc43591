// Fills in the browser's time zone where the server could only guess one and the user has not typed one.
"use strict";
for (const form of document.querySelectorAll("form[data-guess]")) {
  const input = form.elements[form.dataset.guess];
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const isKnown = zone && [...input.list.options].some((option) => option.value === zone);
  if (isKnown && input.value === input.defaultValue) input.value = zone;
}
