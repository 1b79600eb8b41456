"""Uploaded pictures are written anew before anything else sees them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.files.uploadedfile import UploadedFile
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.scoping import PropertyScopedInline
from core.exceptions import DomainError
from core.images import IMAGE_MAX_EDGE_PIXELS, image_reencode
from core.pictures import picture_rename
from inventory.models import PropertyPhoto, RoomTypePhoto
from inventory.models.properties import Photo


def upload_clean(image: Any, *, max_edge: int = IMAGE_MAX_EDGE_PIXELS) -> Any:
    """Decode, shrink and encode an upload; what was stored before stays. Raises `forms.ValidationError`."""
    if not isinstance(image, UploadedFile):
        return image
    try:
        return picture_rename(image_reencode(image, max_edge=max_edge))
    except DomainError as error:
        raise forms.ValidationError(str(error), code=error.code) from error


class PhotoForm(forms.ModelForm):
    """A picture with its text alternative."""

    def clean_image(self) -> Any:
        """Take an upload as a picture of ours."""
        return upload_clean(self.cleaned_data["image"])


class PhotoInline(PropertyScopedInline, admin.TabularInline):
    """The gallery, in its order."""

    form = PhotoForm
    extra = 0
    fields = ("preview", "image", "alt", "position")
    readonly_fields = ("preview",)
    verbose_name_plural = _("photos")

    @admin.display(description=_("preview"))
    def preview(self, photo: Photo) -> str:
        if not photo.image:
            return ""
        return format_html('<img src="{}" alt="" width="96" height="64" loading="lazy">', photo.image.url)


class PropertyPhotoInline(PhotoInline):
    model = PropertyPhoto


class RoomTypePhotoInline(PhotoInline):
    model = RoomTypePhoto
