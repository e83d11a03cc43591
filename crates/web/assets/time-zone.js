// Fills in the browser's time zone where the server could only guess one and the user has not typed one.
"use strict";
for (const form of document.querySelectorAll("form[data-guess]")) {
  const input = form.elements[form.dataset.guess];
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  // A browser may use a former name of the zone.
  const names = (option) => [option.value, ...(option.dataset.former ?? "").split(" ")];
  const known = zone && [...input.list.options].find((option) => names(option).includes(zone));
  if (known && input.value === input.defaultValue) input.value = known.value;
}
