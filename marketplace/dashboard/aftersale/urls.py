"""Addresses of returns and complaints inside the back office."""

from django.urls import path

from marketplace.dashboard.aftersale import producer, rules, staff

_OWN = "p/<int:producer_pk>/cases/"

urlpatterns = [
    path(_OWN, producer.OwnCaseListView.as_view(), name="own-cases"),
    path(f"{_OWN}<int:pk>/", producer.OwnCaseView.as_view(), name="own-case"),
    path(f"{_OWN}pictures/<int:pk>/", producer.OwnCasePictureView.as_view(), name="own-case-picture"),
    path(f"{_OWN}<int:pk>/<slug:step>/", producer.OwnCaseStepView.as_view(), name="own-case-step"),
    path("programme/case-rules/", rules.CaseRulesView.as_view(), name="case-rules"),
    path("programme/case-rules/<int:pk>/", rules.CaseReasonView.as_view(), name="case-reason"),
    path("programme/case-rules/days/", rules.CaseTermsView.as_view(), name="case-terms"),
    path("programme/cases/", staff.CaseListView.as_view(), name="cases"),
    path("programme/cases/<int:pk>/", staff.CaseDetailView.as_view(), name="case"),
    path("programme/cases/pictures/<int:pk>/", staff.CasePictureView.as_view(), name="case-picture"),
    path("programme/cases/<int:pk>/<slug:step>/", staff.CaseStepView.as_view(), name="case-step"),
]
