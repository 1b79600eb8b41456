"""What every migration did, in words: docs/schema-changelog.md is written from here and checked against it."""

from .writing import changelog_text

__all__ = ["changelog_text"]
