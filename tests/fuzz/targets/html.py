"""Web pages as article files."""

from __future__ import annotations

from contextlib import ExitStack

from tests.fuzz.target import Check, Target
from tests.fuzz.targets._files import PROSE, reading

_SEED = (
    b'<!DOCTYPE html><html><head><meta charset="utf-8"><title>T</title>'
    b'<meta property="article:published_time" content="2026-05-01"><meta name="author" content="A">'
    b'<script type="application/ld+json">{"datePublished": "2026-05-01"}</script></head>'
    b"<body><nav>x</nav><main><h1>T</h1><p>" + PROSE + b"</p><h2>A</h2><ul><li>1. <b>a</b></li><li>b</li></ul>"
    b'<table><tr><th rowspan=2>k</th><th colspan="2">v</th></tr><tr><td>1</td><td>2</td></tr></table>'
    b'<pre><code>x</code></pre><a href="https://e.example/">l</a><img alt=x src=y></main></body></html>'
)
_TOKENS = (
    b"<p>|</p>|<h1>|</h1>|<h2>|<h6>|<ul>|<ol>|<li>|</li>|</ul>|<table>|<tr>|<td>|<th>|</td>|</tr>|</table>|"
    b"<br>|<b>|</b>"
    b"|<strong>|<span>|</span>|<div>|</div>|<a href=https://e.example/>|</a>|<pre>|<code>|<blockquote>|"
    b"<script>|</script>"
    b"|<style>|<template>|<svg>|<math>|<select>|<option>|<noscript>|<iframe>|<title>|<meta charset=gbk>|<!--|"
    b"-->|<![CDATA["
    b"|]]>|<?xml|?>|<!DOCTYPE|&amp;|&#x0;|&#1114112;|&nbsp;|&lt;| rowspan=9999| colspan=1000000| rowspan=-1| "
    b"style='x'"
    b"|<main>|<article>|<body>|<html>|<head>|<details>|<summary>|<dl>|<dt>|<dd>|<ruby>|<rt>|\xef\xbb\xbf|"
    b"\xff\xfe|\0|\n"
    b"|<sup>|</sup>|<sub>|</sub>|<del>|</del>|<s>| hidden| aria-hidden=true| style=display:none| class=sidebar|<time "
    b"datetime=2026-05-01>|<dialog open>|.a{text-decoration:line-through}|{| id=js_content|var ct = '1777600000';"
    b"|content_noencode: '\\x0a|' itemprop=datePublished|10|=|m"
    b"|\xe3\x80\x90|\xef\xbc\x9a|1. |\xe4\xb8\x80\xe3\x80\x81|2026-05-01|> |- "
).split(b"|")


def _prepare(stack: ExitStack) -> Check:
    return reading(lambda data: ".html")


TARGET = Target("html", _prepare, (_SEED, b"<p>" + PROSE * 3), (*_TOKENS, PROSE))
