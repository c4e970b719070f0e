"""Whose papers a person of the programme may open: those of producers within their provinces."""

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property

from catalogue.certification.models import Certificate, StandardCertificate
from catalogue.models import Product
from catalogue.producers.models import Partner
from catalogue.producers.selectors import producers_overseen_by
from marketplace.accounts.models import StaffRole
from marketplace.dashboard.access import StaffAccess

#: Who decides about papers; who keeps the catalogue; who sees both.
DECIDE = (StaffRole.Role.ADMIN, StaffRole.Role.VERIFIER)
KEEP = (StaffRole.Role.ADMIN, StaffRole.Role.CATALOGUE)
SEE = (*DECIDE, StaffRole.Role.CATALOGUE)


class PaperAccess(StaffAccess):
    """Goods, certificates and standards: the catalogue's people see them, admins and verifiers change them."""

    staff_roles: tuple[str, ...] = SEE

    def producers(self) -> QuerySet[Partner]:
        return producers_overseen_by(self.request.user, *self.staff_roles)

    def goods(self) -> QuerySet[Product]:
        return Product.objects.filter(
            self.scope.q("producer__commune__province"), structure=Product.PARENT
        ).select_related("producer__commune__province")

    def certificates(self) -> QuerySet[Certificate]:
        return Certificate.objects.filter(
            self.scope.q("product__producer__commune__province")
        ).select_related("product__producer__commune", "decision")

    def standards(self) -> QuerySet[StandardCertificate]:
        return StandardCertificate.objects.filter(
            Q(self.scope.q("producer__commune__province"), producer__isnull=False)
            | Q(self.scope.q("product__producer__commune__province"), product__isnull=False)
        ).select_related("producer", "product__producer", "verified_by")


class OneGood(PaperAccess):
    """A screen of one good, named by its address."""

    @cached_property
    def good(self) -> Product:
        return get_object_or_404(self.goods(), pk=self.kwargs["pk"])  # type: ignore[attr-defined]


class OneCertificate(PaperAccess):
    """A screen of one certificate, named by its address."""

    @cached_property
    def certificate(self) -> Certificate:
        return get_object_or_404(self.certificates(), pk=self.kwargs["pk"])  # type: ignore[attr-defined]

    @property
    def good(self) -> Product:
        return self.certificate.product
