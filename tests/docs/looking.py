"""What is wrong with a page of the site, as a browser shows it."""

from __future__ import annotations

import functools
import http.server
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin

from tests.docs.browser import Browser

LOOK = r"""
(async () => {
  const images = [...document.images];
  for (const image of images) image.loading = "eager";
  await Promise.all(images.map(image => image.decode().catch(() => null)));
  await document.fonts.ready;
  const lost = images.filter(i => !(i.complete && i.naturalWidth > 0)).map(i => i.getAttribute("src"));
  const unset = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent;
    const around = walker.currentNode.parentElement;
    if (around.closest("code, pre, script, style, noscript, template")) continue;
    if (/\$|\\[A-Za-z()\[\]]|```/.test(text)) unset.push(text.trim().slice(0, 80));
  }
  const links = [...document.querySelectorAll("a[href], link[href]")].map(a => a.getAttribute("href"));
  const anchors = [...document.querySelectorAll("[id], a[name]")].map(e => e.id || e.name);
  return {
    lost, unset, links, anchors,
    refused: [...document.querySelectorAll("merror")].map(e => e.textContent),
    empty: [...document.querySelectorAll("math")].filter(e => e.getBoundingClientRect().width === 0
      && e.checkVisibility()).map(e => e.title),
    title: document.title,
    words: document.body.innerText.length,
  };
})()
"""


class _Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves, and says nothing."""

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def served(site: Path) -> Iterator[str]:
    """The address of a folder."""
    handler = functools.partial(_Quiet, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/"
        finally:
            server.shutdown()
            thread.join()


def faults(browser: Browser, address: str, site: Path, pages: str = "**/*.html") -> dict[str, list[str]]:
    """What is wrong with each page of a site, by its file; pages with nothing wrong are left out.

    Args:
        browser: opens each page once.
        address: of the served site.
        site: its folder.
        pages: which of them.
    """
    found: dict[str, list[str]] = {}
    links: dict[str, list[str]] = {}
    anchors: dict[str, set[str]] = {}
    for path in sorted(site.glob(pages)):
        name = path.relative_to(site).as_posix()
        if name == "404.html":  # its links are from the root of the site, wherever that will be
            continue
        visit = browser.open(address + name)
        seen = browser.ask(LOOK)
        wrong = [f"picture not shown: {each}" for each in seen["lost"]]
        wrong += [f"not set: {each}" for each in (*seen["unset"], *seen["refused"])]
        wrong += [f"mathematics not seen: {each}" for each in seen["empty"]]
        wrong += [f"console: {each}" for each in visit.errors]
        wrong += [f"not there: {each}" for each in visit.refused]
        outside = [each for each in visit.requests if not each.startswith((address, "data:", "blob:"))]
        wrong += [f"fetched from elsewhere: {each}" for each in outside]
        if not seen["title"] or seen["words"] < 40:
            wrong.append("empty")
        found[name] = wrong
        links[name] = [link for link in seen["links"] if not re.match(r"[a-z]+:", link)]
        anchors[name] = set(seen["anchors"])
    for name, targets in links.items():
        for target in dict.fromkeys(targets):
            place, fragment = urldefrag(urljoin(name, target))
            place = unquote(place) + ("index.html" if place.endswith("/") or not place else "")
            if place.startswith("../") or not (site / place).is_file():
                found[name].append(f"link to nothing: {target}")
            elif fragment and place in anchors and unquote(fragment) not in anchors[place]:
                found[name].append(f"link to no such place: {target}")
    return {name: wrong for name, wrong in found.items() if wrong}
