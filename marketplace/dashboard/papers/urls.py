"""Addresses of goods, certificates and standards inside the back office."""

from django.urls import path

from marketplace.dashboard.papers import awards, certificates, goods, season, standards

urlpatterns = [
    path("programme/goods/", goods.GoodListView.as_view(), name="programme-goods"),
    path("programme/goods/<int:pk>/", goods.GoodDetailView.as_view(), name="good"),
    path("programme/goods/<int:pk>/suspend/", goods.ListingSuspendView.as_view(), name="listing-suspend"),
    path("programme/goods/<int:pk>/restore/", goods.ListingRestoreView.as_view(), name="listing-restore"),
    path("programme/goods/<int:pk>/season/", season.GoodSeasonView.as_view(), name="good-season"),
    path("programme/goods/<int:pk>/certificate/", awards.AwardView.as_view(), name="certificate-new"),
    path("programme/goods/<int:pk>/proposal/", awards.ProposeView.as_view(), name="certificate-propose"),
    path("programme/goods/<int:pk>/standard/", standards.GoodStandardView.as_view(), name="good-standard"),
    path(
        "programme/producers/<int:pk>/standard/",
        standards.ProducerStandardView.as_view(),
        name="producer-standard",
    ),
    path("programme/standards/<int:pk>/", standards.StandardDetailView.as_view(), name="standard"),
    path(
        "programme/standards/<int:pk>/verify/", standards.StandardVerifyView.as_view(), name="standard-verify"
    ),
    path("programme/standards/<int:pk>/end/", standards.StandardEndView.as_view(), name="standard-end"),
    path("programme/certificates/", certificates.CertificateListView.as_view(), name="certificates"),
    path(
        "programme/certificates/<int:pk>/", certificates.CertificateDetailView.as_view(), name="certificate"
    ),
    path(
        "programme/certificates/<int:pk>/verify/",
        certificates.CertificateVerifyView.as_view(),
        name="certificate-verify",
    ),
    path(
        "programme/certificates/<int:pk>/evidence/",
        certificates.CertificateEvidenceView.as_view(),
        name="certificate-evidence",
    ),
    path(
        "programme/certificates/<int:pk>/extend/",
        certificates.CertificateExtendView.as_view(),
        name="certificate-extend",
    ),
    path(
        "programme/certificates/<int:pk>/withdraw/",
        certificates.CertificateWithdrawView.as_view(),
        name="certificate-withdraw",
    ),
    path("programme/certificates/<int:pk>/close/", awards.ProposalCloseView.as_view(), name="proposal-close"),
]
