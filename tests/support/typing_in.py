"""Forms as a browser would send them."""

from bs4 import BeautifulSoup, Tag

Typed = dict[str, list[str]]


def typed_on(page: str, place: str) -> Typed:
    """What a browser would send if nobody touched the form."""
    form = BeautifulSoup(page, "html.parser").select_one(f'form[action$="{place}"]')
    assert form is not None
    typed: Typed = {}
    for field in form.select("[name]"):
        if (value := _value(field)) is not None:
            typed.setdefault(str(field["name"]), []).append(value)
    return typed


def _value(field: Tag) -> str | None:
    if field.name == "select":
        chosen = field.select_one("option[selected]") or field.select_one("option")
        return str(chosen["value"]) if chosen else ""
    if field.name == "textarea":
        return field.text.removeprefix("\n")
    if field.get("type") in {"checkbox", "radio"} and not field.has_attr("checked"):
        return None
    return str(field.get("value", "on"))
