"""Pages: the whole page, the block htmx asks for, or the way to another page.

A page's template extends `base.html`; each replaceable part is a block named like the element's id.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment
from jinja2_fragments import render_blocks

from booking.web.htmx import is_htmx, trigger, wants_fragment
from booking.web.i18n import language
from booking.web.languages import speak_to
from booking.web.problems import Problem

Fragment = str | Sequence[str] | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A template, perhaps only a part of it, and what it is given."""

    template: str
    fragment: Fragment
    context: Mapping[str, object]

    def because(self, problem: Problem) -> "Shown":
        """The same, with the reasons."""
        return Shown(self.template, self.fragment, {**self.context, "problem": problem})


class Page:
    """The answer to one request, for people."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self._environment = cast(Environment, request.app.state.templates)

    def render(
        self,
        template: str,
        *,
        fragment: Fragment = None,
        status: int = 200,
        **context: object,
    ) -> Response:
        """The page, or only the block(s) `fragment` when htmx wants a part of it."""
        return self._show(Shown(template, fragment, context), status)

    def _show(self, what: Shown, status: int) -> Response:
        speak_to(self.request)
        values = {**self._always(), **what.context}
        template, fragment = what.template, what.fragment
        if fragment is not None and wants_fragment(self.request):
            blocks = [fragment] if isinstance(fragment, str) else list(fragment)
            html = render_blocks(self._environment, template, blocks, values)
        else:
            html = self._environment.get_template(template).render(values)
        return HTMLResponse(html, status, headers={"vary": "HX-Request, Cookie, Accept-Language"})

    def redirect(self, route: str, /, *parts: object, **params: object) -> Response:
        """To the page of a route."""
        return self.redirect_to(self.url(route, *parts, **params))

    def redirect_to(self, url: str) -> Response:
        """To an address of ours: 303 for the browser, HX-Redirect for htmx."""
        if is_htmx(self.request):
            return Response(status_code=204, headers={"hx-redirect": url})
        return RedirectResponse(url, 303)

    def url(self, route: str, /, *parts: object, **params: object) -> str:
        """The address of a route."""
        return str(self._environment.globals["url"](route, *parts, **params))  # type: ignore[operator]

    def if_refused(self, template: str, *, fragment: Fragment = None, **context: object) -> None:
        """Should the deed be refused, show this again with the reasons and what was typed.

        The context must be plain values: the transaction will have ended. Templates find the
        reasons in `problem`.
        """
        self.request.state.fallback = Shown(template, fragment, context)

    def target(self, *blocks: str) -> str | None:
        """The one of these blocks that htmx is about to replace."""
        wanted = self.request.headers.get("HX-Target")
        return wanted if wanted in blocks else None

    def toast(self, response: Response, text: str) -> Response:
        """Let the browser show a passing word beside the answer."""
        trigger(response, {"toast": {"text": text}})
        return response

    def problem(self, problem: Problem) -> Response:
        """A refusal: for htmx the #problems fragment, so that the form and what was typed stay."""
        fallback: Shown | None = getattr(self.request.state, "fallback", None)
        if is_htmx(self.request):
            return self._problem_part(problem, fallback)
        if fallback is not None:
            what = fallback.because(problem)
        else:
            what = Shown("errors/problem.html", None, {"problem": problem})
        response = self._show(what, problem.status)
        response.headers.update(problem.headers)
        return response

    def _problem_part(self, problem: Problem, fallback: Shown | None) -> Response:
        if problem.code == "form.invalid" and fallback is not None and fallback.fragment:
            return self._show(fallback.because(problem), problem.status)
        speak_to(self.request)
        values = self._always() | {"problem": problem}
        html = render_blocks(self._environment, "errors/problem.html", ["problems"], values)
        retarget = {"hx-retarget": "#problems", "hx-reswap": "outerHTML", "vary": "HX-Request"}
        return HTMLResponse(html, problem.status, headers=retarget | problem.headers)

    def _always(self) -> dict[str, object]:
        return {
            "request": self.request,
            "actor": getattr(self.request.state, "actor", None),
            "here": self.request.url.path,
            "lang": "en" if language() == "en" else "zh-CN",
            "problem": None,
        }


async def page_of(request: Request) -> Page:
    """The page a route answers with."""
    return Page(request)


PageDep = Annotated[Page, Depends(page_of)]
