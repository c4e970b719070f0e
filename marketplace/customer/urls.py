"""A person's own pages, under `/vi/tai-khoan/` and `/en/account/`."""

from marketplace.customer import views
from marketplace.locale_urls import localized_path

app_name = "customer"

urlpatterns = [
    localized_path("", views.HomeView.as_view(), name="home"),
    localized_path("{orders}/", views.OrderListView.as_view(), name="orders"),
    localized_path("{particulars}/", views.ProfileView.as_view(), name="profile"),
    localized_path("{addresses}/", views.AddressListView.as_view(), name="addresses"),
    localized_path("{addresses}/{new}/", views.AddressEditView.as_view(), name="address-new"),
    localized_path("{addresses}/<int:pk>/", views.AddressEditView.as_view(), name="address"),
    localized_path(
        "{addresses}/<int:pk>/{default}/", views.AddressDefaultView.as_view(), name="address-default"
    ),
    localized_path(
        "{addresses}/<int:pk>/{delete}/", views.AddressDeleteView.as_view(), name="address-delete"
    ),
    localized_path("{privacy}/", views.PrivacyView.as_view(), name="privacy"),
    localized_path("{privacy}/{my-data}/", views.PersonalDataView.as_view(), name="personal-data"),
    localized_path("{privacy}/{delete}/", views.AccountDeleteView.as_view(), name="delete"),
]
