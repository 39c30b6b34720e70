"""Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import TYPE_CHECKING

from tests.support import debian
from tests.support.missing import missing

if TYPE_CHECKING:
    from playwright.async_api import Browser


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A browser without a window. Skips the test where it is missing, and fails it there when
    ``CI=true``."""
    from playwright.async_api import async_playwright

    program = _program()
    async with async_playwright() as playwright:
        # Its sandbox needs user namespaces, which containers lack; the pages are our own.
        browser = await playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        await browser.close()


@cache
def _program() -> str:
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    if debian.install("chromium") and (found := shutil.which("chromium")):
        return found
    missing("chromium is missing: apt-get install chromium")
