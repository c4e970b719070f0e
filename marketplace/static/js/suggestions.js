// Suggestions under the search field: a combobox with a list (WAI-ARIA). Without this the form just searches.
document.addEventListener("DOMContentLoaded", () => {
  const input = document.querySelector("[data-suggest]");
  const popup = document.getElementById("suggestions");
  if (!input || !popup) return;
  const list = popup.querySelector("[role=listbox]");
  const state = popup.querySelector(".suggestions__state");
  const status = document.querySelector("[data-suggest-status]");
  const form = input.form;
  const WAIT = 160, SLOW = 400, MOST_RECENT = 6, KEY = "recent-searches";
  let asked = 0, timer, slow, request, active = null, shownFor = null;

  for (const [name, value] of Object.entries({
    role: "combobox", "aria-autocomplete": "list", "aria-haspopup": "listbox", "aria-expanded": "false", "aria-controls": list.id,
  })) input.setAttribute(name, value);

  // -- what was searched for on this device; it never leaves it
  const recent = () => {
    try { return JSON.parse(localStorage.getItem(KEY)) || []; } catch { return []; }
  };
  const keep = (texts) => {
    try { texts.length ? localStorage.setItem(KEY, JSON.stringify(texts)) : localStorage.removeItem(KEY); } catch { /* switched off */ }
  };
  const remember = (typed) => {
    const text = typed.trim().slice(0, 120);
    if (text) keep([text, ...recent().filter((other) => other.toLowerCase() !== text.toLowerCase())].slice(0, MOST_RECENT));
  };

  // -- showing and choosing
  const options = () => [...list.querySelectorAll("[role=option]")];
  const open = () => {
    popup.hidden = false;
    input.setAttribute("aria-expanded", String(options().length > 0));
  };
  const close = () => {
    popup.hidden = true;
    input.setAttribute("aria-expanded", "false");
    choose(null);
  };
  const choose = (option) => {
    active?.setAttribute("aria-selected", "false");
    active = option;
    if (!option) { input.removeAttribute("aria-activedescendant"); return; }
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", option.id);
  };
  const say = (words) => { status.textContent = words; };
  const tell = (words) => {
    state.textContent = words;
    state.hidden = !words;
  };
  const show = (text) => {
    choose(null);
    shownFor = text;
    tell("");
    popup.removeAttribute("aria-busy");
    const announcement = list.querySelector("[data-announcement]");
    const words = announcement ? announcement.content.textContent.trim() : "";
    if (announcement && "nothing" in announcement.dataset) tell(words);
    say(words);
    if (options().length || words) open(); else close();
  };
  const showRecent = () => {
    shownFor = "";
    choose(null);
    tell("");
    list.replaceChildren();
    const texts = recent();
    if (!texts.length) { close(); return; }
    const group = document.createElement("ul");
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", popup.dataset.recent);
    for (const [index, text] of texts.entries()) {
      const item = document.createElement("li");
      const link = document.createElement("a");
      item.setAttribute("role", "presentation");
      Object.assign(link, { id: `option-recent-${index}`, tabIndex: -1, href: `${form.action}?${new URLSearchParams({ q: text })}` });
      link.setAttribute("role", "option");
      link.setAttribute("aria-selected", "false");
      link.dataset.text = text;
      link.textContent = text;
      item.append(link);
      group.append(item);
    }
    const head = document.createElement("div");
    const clear = document.createElement("button");
    head.className = "suggestions__recent";
    head.append(popup.dataset.recent, clear);
    Object.assign(clear, { type: "button", textContent: popup.dataset.clear });
    clear.addEventListener("click", () => { keep([]); close(); head.remove(); list.replaceChildren(); say(popup.dataset.cleared); input.focus(); });
    popup.querySelector(".suggestions__recent")?.remove();
    popup.prepend(head);
    list.append(group);
    open();
  };

  // -- asking; an answer that is no longer wanted is dropped
  const ask = async (text) => {
    const number = ++asked;
    request?.abort();
    request = new AbortController();
    clearTimeout(slow);
    slow = setTimeout(() => { if (number === asked) { popup.setAttribute("aria-busy", "true"); if (!options().length) { tell(popup.dataset.loading); open(); } } }, SLOW);
    try {
      const answer = await fetch(`${input.dataset.suggest}?${new URLSearchParams({ q: text })}`, { signal: request.signal });
      if (!answer.ok) throw new Error(String(answer.status));
      const html = await answer.text();
      if (number !== asked) return;
      popup.querySelector(".suggestions__recent")?.remove();
      list.innerHTML = html;
      show(text);
    } catch (error) {
      if (number !== asked || error.name === "AbortError") return;
      popup.querySelector(".suggestions__recent")?.remove();
      list.replaceChildren();
      shownFor = null;
      const words = navigator.onLine ? popup.dataset.failed : popup.dataset.offline;
      tell(words);
      say(words);
      open();
    } finally {
      if (number === asked) { clearTimeout(slow); popup.removeAttribute("aria-busy"); }
    }
  };
  const forget = () => { asked += 1; request?.abort(); clearTimeout(timer); clearTimeout(slow); };

  input.addEventListener("input", () => {
    forget();
    choose(null);
    const text = input.value.trimStart();
    if (!text) { showRecent(); return; }
    timer = setTimeout(() => ask(text), WAIT);
  });
  input.addEventListener("focus", () => {
    const text = input.value.trimStart();
    if (!text) showRecent();
    else if (text === shownFor) open();
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !popup.hidden) { event.preventDefault(); forget(); close(); return; }
    if (event.key === "Tab") { forget(); close(); return; }
    if (event.key === "Enter" && active && !popup.hidden && !event.isComposing) { event.preventDefault(); active.click(); return; }
    if (!["ArrowDown", "ArrowUp"].includes(event.key)) return;
    event.preventDefault();
    if (popup.hidden) {
      const text = input.value.trimStart();
      if (!text) showRecent(); else if (text === shownFor) open(); else ask(text);
      return;
    }
    const all = options();
    if (!all.length) return;
    // The field itself is a stop between the last option and the first.
    const next = all.indexOf(active) + (event.key === "ArrowDown" ? 1 : active ? -1 : all.length);
    choose(active && (next < 0 || next >= all.length) ? null : all[Math.max(0, Math.min(next, all.length - 1))]);
  });
  list.addEventListener("click", (event) => {
    const text = event.target.closest("[data-text]")?.dataset.text;
    if (text) remember(text);
  });
  form.addEventListener("submit", () => { forget(); remember(input.value); });
  document.addEventListener("pointerdown", (event) => { if (!form.contains(event.target)) { forget(); close(); } });
  form.addEventListener("focusout", (event) => { if (event.relatedTarget && !form.contains(event.relatedTarget)) { forget(); close(); } });
});
