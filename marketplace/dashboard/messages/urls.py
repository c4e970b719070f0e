"""Addresses of talks about orders inside the back office."""

from django.urls import path

from marketplace.dashboard.messages import producer, staff

_OWN = "p/<int:producer_pk>/messages/"
_REPORTED = "programme/messages/"

urlpatterns = [
    path(_OWN, producer.OwnTalkListView.as_view(), name="own-talks"),
    path(f"{_OWN}<int:pk>/", producer.OwnTalkView.as_view(), name="own-talk"),
    path(f"{_OWN}report/<int:pk>/", producer.OwnMessageReportView.as_view(), name="own-message-report"),
    path(f"{_OWN}pictures/<int:pk>/", producer.OwnTalkPictureView.as_view(), name="own-talk-picture"),
    path(_REPORTED, staff.ReportedTalkListView.as_view(), name="reported-talks"),
    path(f"{_REPORTED}<int:pk>/", staff.ReportedTalkView.as_view(), name="reported-talk"),
    path(
        f"{_REPORTED}pictures/<int:pk>/",
        staff.ReportedTalkPictureView.as_view(),
        name="reported-talk-picture",
    ),
    path(
        f"{_REPORTED}<int:pk>/<slug:step>/", staff.ReportedTalkStepView.as_view(), name="reported-talk-step"
    ),
]
