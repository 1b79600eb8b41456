"""Nothing is pressed before somebody listens: what a test needs that is quicker than any hand.

Without its scripts a page still works, only otherwise: a link that htmx would answer in place leads to a page of its
own. Playwright presses as soon as it sees the link, on a slow machine before the scripts have run. So nothing can be
pressed until the page is loaded, nor what htmx has brought until it has taken note of it; Playwright then waits.
"""

from __future__ import annotations

from playwright.sync_api import BrowserContext

HOLD_BACK = """
if (self === top) {  // and not a frame: the one that shows a mail may run no script
  const held = (selector) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`${selector} { pointer-events: none !important; }`);
    document.adoptedStyleSheets.push(sheet);
    return sheet;
  };
  held(".htmx-added, .htmx-added *");
  const loading = held("*");
  window.addEventListener("load", () => loading.disabled = true);
}
"""


def hold_back_presses(context: BrowserContext) -> None:
    """Let whatever presses in a page with JavaScript wait until the page's scripts listen."""
    context.add_init_script(HOLD_BACK)
