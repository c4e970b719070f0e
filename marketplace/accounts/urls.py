"""The only door: allauth's pages under the words of each language.

The same names twice are on purpose: `reverse` takes the last, so links use our words, while allauth's own addresses keep answering.
"""

from allauth.account import views
from django.urls import include, path

from marketplace.accounts.views import ConfirmLoginCodeView, RequestLoginCodeView
from marketplace.locale_urls import localized_path

urlpatterns = [
    path("", include("allauth.urls")),
    localized_path("{sign-in}/", views.login, name="account_login"),
    localized_path("{sign-in}/{code}/", RequestLoginCodeView.as_view(), name="account_request_login_code"),
    localized_path(
        "{sign-in}/{code}/{confirm}/", ConfirmLoginCodeView.as_view(), name="account_confirm_login_code"
    ),
    localized_path("{sign-out}/", views.logout, name="account_logout"),
    localized_path("{sign-up}/", views.signup, name="account_signup"),
    localized_path("{password}/{forgotten}/", views.password_reset, name="account_reset_password"),
    localized_path("{password}/{change}/", views.password_change, name="account_change_password"),
    localized_path("{password}/{new}/", views.password_set, name="account_set_password"),
]
