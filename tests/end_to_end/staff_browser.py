"""A colleague at an iPad, for tests: Chromium at its size, and a caller whom they can follow."""

from __future__ import annotations

import asyncio
import shutil
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import pyotp
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from audio.frames import resample
from audio.synthesizer import EspeakSynthesizer
from tests.end_to_end.phone_peer import PhonePeer
from tests.end_to_end.telephone_service import KurvService

T = TypeVar("T")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
_ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
#: An iPad Pro, as it lies and as it stands; and as it lies with everything twice as large.
LYING: ViewportSize = {"width": 1366, "height": 1024}
STANDING: ViewportSize = {"width": 1024, "height": 1366}
LARGE: ViewportSize = {"width": 683, "height": 512}
#: WCAG 2.1 A and AA, which the law asks for, and what axe thinks good besides.
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser, for as long as the block lasts."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(_ARGUMENTS))
        yield browser
        browser.close()


class Colleague:
    """Somebody of staff with a browser of their own."""

    def __init__(self, browser: Browser, url: str, name: str, password: str, secret: str) -> None:
        self.url, self.name = url, name
        self._password, self._secret = password, secret
        self.context = browser.new_context(viewport=LYING, locale="nb-NO", has_touch=True)
        self.context.set_default_timeout(20_000)
        self.page: Page = self.context.new_page()
        self.troubles: list[str] = []
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on("console", self._note)

    def _note(self, message: Any) -> None:
        # What the browser says by itself of an answer that is an error is no trouble of the page.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.troubles.append(message.text)

    def open(self, path: str) -> Page:
        """Go to a page of ours."""
        self.page.goto(self.url + path)
        return self.page

    def sign_in(self, code: str | None = None) -> Page:
        """Type name, password and code; the code of now unless another is given."""
        page = self.open("/logg-inn")
        page.get_by_label("Brukernavn").fill(self.name)
        page.get_by_label("Passord").fill(self._password)
        page.get_by_label("Engangskode").fill(code or pyotp.TOTP(self._secret).now())
        page.get_by_role("button", name="Logg inn").click()
        return page


def hindrances(page: Page) -> list[str]:
    """What axe finds on a page: rule, and where."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{each['id']}: {node['html'][:120]}" for each in found for node in each["nodes"]]


def is_wider_than_the_screen(page: Page) -> bool:
    """Whether one would have to scroll sideways."""
    wide: bool = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return wide


def small_targets(page: Page) -> list[str]:
    """What is to be pressed and is smaller than a fingertip (44 by 44 CSS pixels)."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("a[href], button, select, summary, .choice")]
          .filter((each) => !each.classList.contains("skip") && each.checkVisibility()
            && getComputedStyle(each).display !== "inline")
          .filter((each) => { const box = each.getBoundingClientRect();
            return box.height < 44 || box.width < 44; })
          .map((each) => each.outerHTML.slice(0, 100))"""
    )
    return found


class Caller:
    """Somebody on the telephone, in a thread of their own."""

    def __init__(self, service: KurvService, number: str, voice: EspeakSynthesizer) -> None:
        self._voice = voice
        host, _, port = service.audiosocket.partition(":")
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self._peer = PhonePeer(call=service.announce(number))
        self._run(self._peer.connect(host, int(port)))

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(90)

    def hears(self) -> bytes:
        """What is said to them, up to when it is their turn."""
        return self._run(self._peer.turn())

    def press(self, keys: str) -> None:
        """Press keys."""
        self._run(self._peer.press(keys))

    def says(self, text: str) -> None:
        """Say something."""
        sound = self._voice.speak(text)
        self._run(self._peer.say(resample(sound, self._voice.sample_rate, self._peer.rate)))

    def hang_up(self) -> None:
        """Put the receiver down."""
        self._run(self._peer.hang_up())
        self._loop.call_soon_threadsafe(self._loop.stop)
