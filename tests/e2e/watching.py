"""What a browser complains of while a test looks elsewhere."""

from __future__ import annotations

from playwright.sync_api import ConsoleMessage, Page

REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error(`CSP: ${event.effectiveDirective} forbids ${event.blockedURI} on ${location.pathname}`);
});
"""


class Watch:
    """Collects console errors and warnings, uncaught exceptions and breaches of the content security policy.

    A document answered with one of the ``expected`` statuses makes Chromium (and htmx) write an error that is none.
    """

    def __init__(self, page: Page, *, expected: tuple[int, ...] = ()) -> None:
        self.complaints: list[str] = []
        self._expected = tuple(
            sentence.format(status)
            for status in expected
            for sentence in ("the server responded with a status of {} ", "Response Status Error Code {} ")
        )
        page.add_init_script(REPORT_VIOLATIONS)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning"):
            return
        if any(sentence in message.text for sentence in self._expected):
            return
        self.complaints.append(f"{message.location.get('url', '')}: {message.text}")


def sideways_scroll(page: Page) -> int:
    """How many pixels the page is wider than its window; 0 is right."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
