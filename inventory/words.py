"""Searching properties by words: what of a property is searched, and how a search is read. The database does both.

Both functions see texts without case, accents and signs (`inventory_plain`), so "cafe" finds "Café" and "mun" finds
"München", in any language: no words are left out and none are bent, which would need to know the language. They are
immutable and bound when they are made, so an index and a restored backup can rely on them, and need no extension.
"""

from __future__ import annotations

from django.contrib.postgres.search import SearchQueryField, SearchVectorField
from django.db.models import BooleanField, Expression, FloatField, Func, Value

PLAIN_SQL = r"""
CREATE FUNCTION inventory_plain(value text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN regexp_replace(
    translate(
        replace(replace(replace(replace(
            lower(regexp_replace(normalize(value, NFKD), '[\u0300-\u036f]+', '', 'g')),
            'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'),
        'øłđðı', 'olddi'),
    '[^[:alnum:]]+', ' ', 'g')
"""
DOCUMENT_SQL = """
CREATE FUNCTION inventory_property_document(name text, city text, description text) RETURNS tsvector
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN setweight(to_tsvector('simple', inventory_plain(name)), 'A')
    || setweight(to_tsvector('simple', inventory_plain(city)), 'B')
    || setweight(to_tsvector('simple', inventory_plain(description)), 'D')
"""
QUERY_SQL = """
CREATE FUNCTION inventory_prefix_query(value text, weights text) RETURNS tsquery
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN to_tsquery('simple', array_to_string(ARRAY(
    SELECT word || ':*' || weights
    FROM unnest(string_to_array(inventory_plain(value), ' ')) AS word
    WHERE word <> ''), ' & '))
"""
SEARCH_FUNCTIONS = (
    (PLAIN_SQL, "DROP FUNCTION inventory_plain(text)"),
    (DOCUMENT_SQL, "DROP FUNCTION inventory_property_document(text, text, text)"),
    (QUERY_SQL, "DROP FUNCTION inventory_prefix_query(text, text)"),
)
"""In the order of their making, each with its undoing."""

NAME_AND_CITY = "AB"
"""The weights of a property's name and city; its description has the least."""

DOCUMENT = Func(
    "name", "city", "description", function="inventory_property_document", output_field=SearchVectorField()
)


def words_query(text: str, weights: str = "") -> Func:
    """A search for things that have, for each word of a text, a word that begins with it; one without words: nothing.

    ``weights``: only where a word has one of these.
    """
    return Func(
        Value(text), Value(weights), function="inventory_prefix_query", output_field=SearchQueryField()
    )


def words_match(text: str, weights: str = "") -> Expression:
    """Whether a property is what a search looks for."""
    return Func(
        DOCUMENT,
        words_query(text, weights),
        template="%(expressions)s",
        arg_joiner=" @@ ",
        output_field=BooleanField(),
    )


def words_rank(text: str) -> Expression:
    """How well a property fits a search: a name counts more than a city, and that more than a description."""
    return Func(DOCUMENT, words_query(text), function="ts_rank", output_field=FloatField())
