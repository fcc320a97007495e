"""The pages that a browser meets on its way through a sign-in: small, without scripts of others, everything escaped.

Must not know what is signed in to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

LABEL = "text/html; charset=utf-8"


def notice(title: str, text: str) -> str:
    """A page that says one thing."""
    return _page(title, f"<p>{escape(text)}</p>")


def consent(application: str, tenant: str, user: str, hint: str, action: str, kept: Mapping[str, str]) -> str:
    """A page that asks; its buttons send what was asked back, with `consent` as `allow` or `deny`."""
    says = f"{application} wants to act as {user} in {tenant}." + (f" It says you are {hint}." if hint else "")
    buttons = "".join(
        f'<button type="submit" name="consent" value="{name.lower()}">{name}</button>' for name in ("Allow", "Deny")
    )
    form = f'<form method="post" action="{escape(action)}">{_hidden(kept.items())}{buttons}</form>'
    return _page("Sign in", f"<p>{escape(says)}</p>{form}")


def posted(action: str, pairs: Iterable[tuple[str, str]]) -> str:
    """A page that posts values on by itself, or by a button where scripts are off (response_mode form_post)."""
    form = (
        f'<form method="post" action="{escape(action)}">{_hidden(pairs)}'
        '<noscript><button type="submit">Continue</button></noscript></form>'
    )
    return _page("Signed in", f"{form}<script>document.forms[0].submit()</script>")


def _hidden(pairs: Iterable[tuple[str, str]]) -> str:
    return "".join(f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in pairs)


def _page(title: str, body: str) -> str:
    heading = f"SuperId: {escape(title)}"
    return f'<!DOCTYPE html><html lang="en"><head><title>{heading}</title></head><body><h1>{heading}</h1>{body}</body></html>'
