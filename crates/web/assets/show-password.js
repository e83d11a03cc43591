// Adds a button to each password field that reveals the typed password until the form is sent.
"use strict";
for (const input of document.querySelectorAll("input[type=password]")) {
  const label = input.labels[0]?.textContent ?? "";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet show-password";
  button.textContent = "Show";
  button.setAttribute("aria-label", `Show ${label}`.trim());
  button.setAttribute("aria-controls", input.id);
  const show = (shown) => {
    input.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
  };
  show(false);
  button.addEventListener("click", () => show(input.type === "password"));
  // Browsers save values of text fields for suggestions, but not those of password fields.
  input.form?.addEventListener("submit", () => show(false));
  input.after(button);
}
