"""Addresses of a buyer's talks, in both languages, under the signed address of the order."""

from checkout.messages import views
from marketplace.locale_urls import localized_path

app_name = "order-messages"

_TALK = "{orders}/<str:token>/{messages}/"

urlpatterns = [
    localized_path(f"{_TALK}<int:consignment>/", views.TalkView.as_view(), name="talk"),
    localized_path(f"{_TALK}{{report}}/<int:pk>/", views.TalkReportView.as_view(), name="report"),
    localized_path(f"{_TALK}{{pictures}}/<int:pk>/", views.TalkPictureView.as_view(), name="picture"),
]
