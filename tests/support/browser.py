"""Chromium for tests, and the judges of a page: axe for people, vnu for HTML, the console for the policy."""

import json
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[2]
VNU = ROOT / "node_modules/vnu-jar/build/dist/vnu.jar"

# A Java that ends after a second need not compile its own code thoroughly: it takes half the time. Its checks are deep.
SHORT_LIVED = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xss4m"]

# A page must not lead Chromium to talk to anybody but us.
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

WCAG_22_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

# KERN fades its colours into the other look; a style sheet made by a script is no inline style to the policy.
WITHOUT_FADING = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("*, ::before, ::after { transition: none !important }");
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}"""
# Chromium repaints a page in other colours little by little; a promise can be waited for.
TWO_FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"

OpenPage = Callable[..., Page]


# While Playwright is open its event loop runs in this thread, and a test of another file could not run its own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_chromium(), args=_flags())
        yield chromium
        chromium.close()


def find_chromium() -> str | None:
    """The machine's Chromium; None leaves it to Playwright to take the one it downloaded."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


def _flags() -> list[str]:
    # Chromium refuses its sandbox to root, as which tests run in containers.
    return [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """`open_page(width=360, javascript=False, locale="en-GB")`; its complaints fail the test."""
    contexts = []
    complaints: list[str] = []

    def open_page(*, width: int = 1280, javascript: bool = True, locale: str = "de-DE") -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            java_script_enabled=javascript,
            locale=locale,
            color_scheme="light",
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: complaints.append(line.text) if _is_complaint(line) else None)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def _is_complaint(line: Any) -> bool:
    # Chromium also writes a line for an answer such as 404 or 422, which a test may be about.
    return line.type == "error" and not line.text.startswith("Failed to load resource")


def barriers(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA, in the dark colours too: rule and element, one line each."""
    page.evaluate(WITHOUT_FADING)
    in_the_light = _violations(page, WCAG_22_AA)
    # Only colours differ between the schemes, so the page need not be judged whole again.
    page.emulate_media(color_scheme="dark")
    page.evaluate(TWO_FRAMES)
    in_the_dark = _violations(page, ["color-contrast"])
    page.emulate_media(color_scheme="light")
    return in_the_light + in_the_dark


def _violations(page: Page, rules: Sequence[str]) -> list[str]:
    results = Axe().run(page, options={"runOnly": list(rules)})
    return [
        f"{violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in results.response["violations"]
        for node in violation["nodes"]
    ]


def overflow(page: Page) -> int:
    """How many pixels wider than the window the page is (WCAG 2.2, 1.4.10: none at 320)."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def html_faults(pages: Mapping[str, str], folder: Path) -> list[str]:
    """What the W3C's checker finds in pages by name; it starts once for all of them, for that takes a second."""
    files = [folder / f"{name}.html" for name in pages]
    for file, html in zip(files, pages.values(), strict=True):
        file.write_text(html, encoding="utf-8")
    command = ["java", *SHORT_LIVED, "-jar", str(VNU), "--errors-only", "--format", "json", *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    messages = json.loads(done.stderr)["messages"]
    return [
        f"{Path(message['url']).stem}:{message.get('lastLine')}: {message['message']}" for message in messages
    ]


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """The address of an application that runs in a thread on a free port."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            _wait_until_started(server)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def _wait_until_started(server: uvicorn.Server, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not server.started:
        assert time.monotonic() < deadline, "the server did not start"
        time.sleep(0.01)
