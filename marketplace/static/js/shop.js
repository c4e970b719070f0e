// Small comforts; every page works without them.
document.addEventListener("DOMContentLoaded", () => {
  // A form that changes the listing sends itself.
  for (const form of document.querySelectorAll("form[data-autosubmit]")) {
    form.addEventListener("change", () => form.requestSubmit());
    for (const button of form.querySelectorAll("[data-without-script]")) button.hidden = true;
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
  // What has to stand in a bank's app exactly as it is here can be copied; over http browsers don't let it be.
  const offerCopying = () => {
    if (!navigator.clipboard) return;
    for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
  };
  offerCopying();
  document.body.addEventListener("htmx:afterSwap", offerCopying);
  document.body.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(button.dataset.copy);
    const words = button.querySelector("[data-copy-words]");
    button.dataset.words ||= words.textContent;
    words.textContent = button.dataset.copied;
    setTimeout(() => { words.textContent = button.dataset.words; }, 2000);
  });
  // One count, shown in the header and in the bar below.
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (!event.target.matches("[data-basket-count]")) return;
    for (const other of document.querySelectorAll("[data-basket-count]")) other.textContent = event.target.textContent;
  });
  // With it comes, for whoever is signed in, how many notices are unread.
  document.body.addEventListener("unread-notices", (event) => {
    for (const bell of document.querySelectorAll("[data-bell]")) {
      bell.hidden = false;
      bell.querySelector("[data-bell-count]").textContent = event.detail.value || "";
    }
  });
});
