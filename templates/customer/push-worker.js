{% load static %}// Shows what the shop pushes, and leads to it. Keeps nothing and answers no request of a page.
self.addEventListener("push", (event) => {
  const notice = event.data.json();
  event.waitUntil(self.registration.showNotification(notice.title, {
    body: notice.body, lang: notice.lang, tag: notice.url, icon: "{% static 'img/icon-192.png' %}", data: { url: notice.url },
  }));
});
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(event.notification.data.url));
});
