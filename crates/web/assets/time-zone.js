// Offers the visitor's own zone where the form could only guess one, and nothing was typed yet.
"use strict";
for (const form of document.querySelectorAll("form[data-guess]")) {
  const input = form.elements[form.dataset.guess];
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const isKnown = zone && [...input.list.options].some((option) => option.value === zone);
  if (isKnown && input.value === input.defaultValue) input.value = zone;
}
