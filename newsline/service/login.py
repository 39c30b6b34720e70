"""The token asked of a reader: in a header of programs, in a cookie of browsers."""

from __future__ import annotations

from pathlib import Path
from string import Template

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from newsline.service.access import COOKIE, StatusAccess, cookie_value, has_token, is_token

OPEN = frozenset({"/livez", "/readyz", "/page.css", "/page.js", "/icon.svg"})
"""For everyone: the kubelet sends no token, and the files are the same everywhere."""

WELCOME = "/welcome"
"""The first request after a link from another site is sent without the cookie, which is strict.
The browser goes on from here by itself, and sends it."""

COOKIE_SECONDS = 30 * 24 * 3600

FORM = Template(Path(__file__).with_name("login.html").read_text())
CSP = (
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self';"
    " frame-ancestors 'none'"
)


def check_token(access: StatusAccess) -> Middleware:
    """Refuse requests without the token. ``?token=`` sets the cookie and leaves the address."""

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not access.token or request.path in OPEN:
            return await handler(request)
        if request.path == WELCOME:
            return _form("Signing in", refresh=True)
        given = request.query.get("token")
        if given is not None and is_token(access, given):
            return _with_cookie(request, access)
        authorization = request.headers.get("Authorization", "")
        if given is None and has_token(access, authorization, request.cookies.get(COOKIE, "")):
            return await handler(request)
        return _refused(request, wrong=given is not None)

    return check


def _with_cookie(request: web.Request, access: StatusAccess) -> web.Response:
    response = web.Response(status=303, headers={"Location": WELCOME})
    response.set_cookie(
        COOKIE,
        cookie_value(access),
        max_age=COOKIE_SECONDS,
        httponly=True,
        samesite="Strict",
        secure=request.secure or request.headers.get("X-Forwarded-Proto") == "https",
    )
    return response


def _refused(request: web.Request, *, wrong: bool) -> web.Response:
    if "text/html" in request.headers.get("Accept", ""):
        response = _form("This is not the token" if wrong else "newsline asks for its token")
        response.set_status(401)
    else:
        text = "send the status token: Authorization: Bearer TOKEN\n"
        response = web.Response(text=text, status=401)
    response.headers["WWW-Authenticate"] = 'Bearer realm="newsline"'
    return response


def _form(title: str, *, refresh: bool = False) -> web.Response:
    tag = '<meta http-equiv="refresh" content="0;url=/">\n' if refresh else ""
    text = FORM.substitute(title=title, refresh=tag)
    return web.Response(
        text=text, content_type="text/html", headers={"Content-Security-Policy": CSP}
    )
