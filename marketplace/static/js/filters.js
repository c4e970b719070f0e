// The filters of a listing: they send themselves where there is room beside the goods, and long lists can be searched in.
document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("[data-filters]");
  if (!form) return;
  const beside = matchMedia("(min-width: 900px)");
  const KEY = "filter-in-hand";
  const apply = form.querySelector("[data-apply]");
  const all = form.querySelector(".listing__all");
  const fit = () => { apply.hidden = beside.matches; };
  beside.addEventListener("change", fit);
  fit();

  // An address holds what says something.
  form.addEventListener("submit", () => {
    for (const field of form.querySelectorAll("input[name], select[name]")) if (!field.value) field.disabled = true;
  });
  window.addEventListener("pageshow", () => {
    for (const field of form.querySelectorAll("input[name], select[name]")) field.disabled = false;
  });
  form.addEventListener("change", (event) => {
    if (!event.target.name || !beside.matches) return;
    try { sessionStorage.setItem(KEY, JSON.stringify([event.target.name, event.target.type === "checkbox" ? event.target.value : null])); } catch { /* switched off */ }
    form.requestSubmit();
  });
  // Whoever goes through the filters by keyboard goes on where the page was left.
  try {
    const [name, value] = JSON.parse(sessionStorage.getItem(KEY)) || [];
    sessionStorage.removeItem(KEY);
    const field = [...form.elements].find((other) => other.name === name && (value === null || other.value === value));
    if (field) {
      const group = field.closest("details");
      if (group && group !== all) group.open = true;
      field.focus({ preventScroll: true });
    }
  } catch { /* nothing kept */ }

  const bare = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/gi, "d").toLowerCase();
  for (const search of form.querySelectorAll("[data-facet-search]")) {
    const field = search.querySelector("input");
    const told = search.querySelector("[role=status]");
    const rows = [...search.parentElement.querySelectorAll(".facet__options li")].map((row) => [row, bare(row.textContent)]);
    search.hidden = false;
    field.addEventListener("input", () => {
      const wanted = bare(field.value.trim());
      let left = 0;
      for (const [row, text] of rows) {
        row.hidden = !text.includes(wanted) && !row.querySelector("input").checked;
        left += row.hidden ? 0 : 1;
      }
      told.textContent = left ? String(left) : told.dataset.none;
    });
    field.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  }
});
