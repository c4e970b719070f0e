"""The pictures of a producer's good: new ones, their order, what they show."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import View

from catalogue.errors import PictureRefused
from catalogue.models import ProductImage
from catalogue.pictures.services import picture_add, picture_describe, picture_remove, pictures_order
from catalogue.producers.selectors import MAY_EDIT_GOODS
from marketplace.audit.services import audit_record, audited
from marketplace.dashboard.access import ProducerAccess
from marketplace.dashboard.goods_forms import PictureForm, PicturesForm
from marketplace.dashboard.picture_tiles import tile_of, tiles_of
from marketplace.dashboard.producer_goods import GoodsAccess, GoodsForm


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that was not taken, and why."""

    name: str
    why: str


class PicturesView(GoodsAccess, GoodsForm):
    """All pictures of a good, and the form for more."""

    member_roles = MAY_EDIT_GOODS
    template_name = "dashboard/producer/pictures.html"
    form_class = PicturesForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        tiles = tiles_of(self.good)
        return super().get_context_data(
            **kwargs,
            good=self.good,
            tiles=tiles,
            waits=any(tile.is_waiting for tile in tiles),
            on_card=next((tile.image.pk for tile in tiles if not tile.is_given_up), None),
        )

    def form_valid(self, form: PicturesForm) -> HttpResponse:
        """Take what can be taken, and say beside each of the others why not."""
        files = form.cleaned_data["pictures"]
        refused = []
        for file in files:
            try:
                with audited("picture.added", self.good, words=self.good.title):
                    picture_add(good=self.good, upload=file)
            except PictureRefused as error:
                refused.append(Refused(file.name, str(error)))
        if taken := len(files) - len(refused):
            text = ngettext("%(count)d picture is added.", "%(count)d pictures are added.", taken)
            messages.success(self.request, text % {"count": taken})
        if not refused:
            return redirect("dashboard:pictures", producer_pk=self.producer.pk, pk=self.good.pk)
        context = self.get_context_data(form=self.form_class(), refused=refused)
        return self.render_to_response(context, status=422)


class PicturesWaitingView(GoodsAccess, View):
    """What has become of pictures that weren't ready when the page asked last."""

    def get(self, request: HttpRequest, producer_pk: int, pk: int) -> HttpResponse:
        waited_for = set(request.GET.getlist("waiting"))
        tiles = [tile for tile in tiles_of(self.good) if str(tile.image.pk) in waited_for]
        context = {
            "tiles": tiles,
            "made": sum(tile.picture is not None for tile in tiles),
            "waits": any(tile.is_waiting for tile in tiles),
            "good": self.good,
            "producer": self.producer,
        }
        return render(request, "dashboard/producer/parts/pictures_made.html", context)


def picture_form(image: ProductImage, data: Any = None) -> PictureForm:
    """Return the form that says what a picture shows, filled in."""
    initial = {"alt_vi": image.alt_vi or "", "alt_en": image.alt_en or ""}
    return PictureForm(data, initial=initial, auto_id=f"picture-{image.pk}-%s")


class OnePicture(ProducerAccess):
    """One picture of the producer, named by its address."""

    member_roles = MAY_EDIT_GOODS

    @cached_property
    def image(self) -> ProductImage:
        mine = ProductImage.objects.filter(product__producer=self.producer).select_related("product")
        return get_object_or_404(mine, pk=self.kwargs["pk"])  # type: ignore[attr-defined]

    def to_pictures(self) -> HttpResponse:
        return redirect("dashboard:pictures", producer_pk=self.producer.pk, pk=self.image.product_id)


class PictureDescribeView(OnePicture, GoodsForm):
    """Says what a picture shows."""

    template_name = "dashboard/producer/picture.html"
    form_class = PictureForm

    def get_form(self, form_class: Any = None) -> PictureForm:
        return picture_form(self.image, self.request.POST if self.request.method == "POST" else None)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **kwargs,
            good=self.image.product,
            image=self.image,
            tile=tile_of(self.image),
        )

    def form_valid(self, form: PictureForm) -> HttpResponse:
        with audited("picture.described", self.image, words=self.image.product.title):
            picture_describe(
                image=self.image, alt=form.cleaned_data["alt_vi"], alt_en=form.cleaned_data["alt_en"]
            )
        messages.success(self.request, _("The description is saved."))
        return self.to_pictures()


class PictureMoveView(OnePicture, View):
    """Moves a picture one place to the front or to the back; the first stands on cards."""

    def post(self, request: HttpRequest, producer_pk: int, pk: int) -> HttpResponse:
        good = self.image.product
        order = list(good.images.values_list("pk", flat=True))
        place = order.index(self.image.pk)
        order.insert(max(0, place + (1 if request.POST.get("to") == "back" else -1)), order.pop(place))
        with audited("picture.moved", self.image, words=good.title):
            pictures_order(good=good, image_ids=order)
        return self.to_pictures()


class PictureRemoveView(OnePicture, View):
    """Removes a picture for good."""

    def post(self, request: HttpRequest, producer_pk: int, pk: int) -> HttpResponse:
        back = self.to_pictures()
        with transaction.atomic():
            words = self.image.product.title
            audit_record(
                action="picture.removed", subject=self.image, words=words
            )  # while it still has its key
            picture_remove(image=self.image)
        messages.success(request, _("The picture is removed."))
        return back
