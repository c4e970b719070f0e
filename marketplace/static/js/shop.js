// Small comforts; every page works without them.
document.addEventListener("DOMContentLoaded", () => {
  // A form that changes the listing sends itself.
  for (const form of document.querySelectorAll("form[data-autosubmit]")) {
    form.addEventListener("change", () => form.requestSubmit());
    for (const button of form.querySelectorAll("[data-without-script]")) button.hidden = true;
  }
  // Suggestions: arrow keys walk them, Escape closes them.
  const box = document.getElementById("suggestions");
  const input = document.getElementById("q");
  if (box && input) {
    const close = () => { box.replaceChildren(); };
    input.closest("form").addEventListener("keydown", (event) => {
      const links = [...box.querySelectorAll("a")];
      if (event.key === "Escape") { close(); input.focus(); return; }
      if (!links.length || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
      event.preventDefault();
      const here = links.indexOf(document.activeElement);
      const next = event.key === "ArrowDown" ? here + 1 : here - 1;
      (next < 0 ? input : links[Math.min(next, links.length - 1)]).focus();
    });
    document.addEventListener("click", (event) => { if (!box.contains(event.target) && event.target !== input) close(); });
  }
  // What was searched for and what was opened goes back once a visit: without a name, gone with the tab.
  const results = document.querySelector("[data-search-note]");
  if (results) {
    const key = `search:${results.dataset.searchText}`;
    let visit, note;
    try {
      visit = sessionStorage.getItem("visit") || Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16)).join("");
      sessionStorage.setItem("visit", visit);
      note = sessionStorage.getItem(key);
      if (!note) sessionStorage.setItem(key, results.dataset.searchNote);
    } catch { visit = ""; } // storage is switched off: nothing is sent
    const send = (more) => visit && fetch(results.dataset.recordAt, {
      method: "POST", keepalive: true, body: new URLSearchParams({ note: note || results.dataset.searchNote, visit, ...more }),
    }).catch(() => {});
    if (!note) send({});
    const cards = [...results.querySelectorAll(".card")];
    for (const [index, card] of cards.entries()) {
      for (const link of card.querySelectorAll("a")) {
        link.addEventListener("click", () => send({ good: card.dataset.good, position: Number(results.dataset.first) + index }));
      }
    }
  }
  // One count, shown in the header and in the bar below.
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (!event.target.matches("[data-basket-count]")) return;
    for (const other of document.querySelectorAll("[data-basket-count]")) other.textContent = event.target.textContent;
  });
});
