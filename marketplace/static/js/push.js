// Lets this browser be one of the person's devices. Without it, or without a browser that can, the page says so.
document.addEventListener("DOMContentLoaded", async () => {
  const section = document.querySelector("[data-push]");
  if (!section || !("serviceWorker" in navigator) || !("PushManager" in window)) return;
  const part = (name) => section.querySelector(`[data-push-${name}]`);
  const show = (name) => { for (const other of ["form", "cannot", "blocked"]) part(other).hidden = other !== name; };
  const trusts = (subscription) => {
    const key = String.fromCharCode(...new Uint8Array(subscription.options.applicationServerKey || []));
    return btoa(key).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "") === section.dataset.push;
  };
  const registration = await navigator.serviceWorker.getRegistration(section.dataset.worker);
  const held = await registration?.pushManager.getSubscription();
  const row = held && trusts(held) && [...section.querySelectorAll("[data-endpoint]")].find((one) => one.dataset.endpoint === held.endpoint);
  if (row) {
    row.querySelector("[data-this]").hidden = false;
    show("");
    // The browser forgets it, too; the form goes on in any case.
    row.querySelector("form").addEventListener("submit", () => { held.unsubscribe(); });
    return;
  }
  show(Notification.permission === "denied" ? "blocked" : "form");
  part("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    part("failed").hidden = true;
    try {
      if (await Notification.requestPermission() !== "granted") { show("blocked"); return; }
      await navigator.serviceWorker.register(section.dataset.worker);
      const manager = (await navigator.serviceWorker.ready).pushManager;
      const old = await manager.getSubscription();
      if (old && !trusts(old)) await old.unsubscribe();
      const subscription = await manager.subscribe({ userVisibleOnly: true, applicationServerKey: section.dataset.push });
      const { endpoint, keys } = subscription.toJSON();
      const body = new FormData(part("form"));
      for (const [name, value] of Object.entries({ endpoint, ...keys })) body.set(name, value);
      const answer = await fetch(part("form").action, { method: "POST", body });
      if (!answer.ok) throw new Error(await answer.text());
      location.reload();
    } catch { part("failed").hidden = false; }
  });
});
