"""Addresses of the screens about who works for the programme, inside the back office."""

from django.urls import path

from marketplace.dashboard.people import views

urlpatterns = [
    path("programme/people/", views.PeopleView.as_view(), name="people"),
    path("programme/people/new/", views.RoleGiveView.as_view(), name="role-new"),
    path("programme/people/roles/<int:pk>/", views.RoleChangeView.as_view(), name="role"),
    path("programme/people/roles/<int:pk>/take/", views.RoleTakeView.as_view(), name="role-take"),
]
