// Adds buttons to a field with a link: one copies the link, one opens the share sheet where the browser has one.
"use strict";
for (const field of document.querySelectorAll("[data-share]")) {
  const status = document.createElement("p");
  status.setAttribute("role", "status");
  const buttons = document.createElement("p");
  buttons.className = "answers";
  const add = (text, press) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet";
    button.textContent = text;
    button.addEventListener("click", press);
    buttons.append(button);
  };

  add("Copy link", async () => {
    status.textContent = "";
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      // Without TLS there is no clipboard API, and it may be forbidden.
      field.select();
      if (!document.execCommand("copy")) {
        status.textContent = "The link is selected. Copy it from there.";
        return;
      }
    }
    status.textContent = "Copied";
  });
  if (navigator.share) {
    // The promise is rejected when the user closes the sheet.
    add("Share", () => navigator.share({ title: field.dataset.share, url: field.value }).catch(() => {}));
  }
  field.after(buttons, status);
}
