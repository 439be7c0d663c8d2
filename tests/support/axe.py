"""Accessibility: what axe-core finds on the page that is open now."""

from pathlib import Path

from playwright.sync_api import Page

_SOURCE = Path(__file__).resolve().parents[1] / "vendor" / "axe.min.js"
_RUN = """async () => {
  const found = await axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]});
  return found.violations.flatMap(v => v.nodes.map(n => `${v.impact} ${v.id}: ${n.target}`));
}"""


def faults(page: Page) -> list[str]:
    """Every violation as `impact rule: element`; empty when there is none."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_SOURCE.read_text("utf-8"))
    found: list[str] = page.evaluate(_RUN)
    return found


def serious_faults(page: Page) -> list[str]:
    """Those that keep people out."""
    return [fault for fault in faults(page) if fault.startswith(("serious", "critical"))]
