// Comfort only: the forms work without it.
for (const input of document.querySelectorAll("input[type=password]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = input.dataset.show;
  button.addEventListener("click", () => {
    const hidden = input.type === "password";
    input.type = hidden ? "text" : "password";
    button.textContent = hidden ? input.dataset.hide : input.dataset.show;
  });
  input.style.paddingRight = "64px";
  input.after(button);
}
for (const form of document.forms) {
  const send = form.querySelector(":scope > button");
  const words = send.textContent;
  let wait = Number(send.dataset.wait || 0);
  const tick = () => {
    send.disabled = wait > 0;
    send.textContent = wait > 0 ? `${words} (${wait})` : words;
    if (wait-- > 0) setTimeout(tick, 1000);
  };
  tick();
  form.addEventListener("submit", () => setTimeout(() => { send.disabled = true; }));
}
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
