"""`{% load pictures %}{{ photo|srcset:"avif" }}`."""

from __future__ import annotations

from typing import Protocol

from django import template

from core.pictures import picture_srcset

register = template.Library()


class Picture(Protocol):
    """Whatever has an address and a width in pixels."""

    url: str
    width: int


@register.filter
def srcset(photo: Picture, image_format: str) -> str:
    """The smaller selves of a photo in one format, as `srcset` wants them; nothing if there are none."""
    return picture_srcset(url=photo.url, width=photo.width, image_format=image_format)
