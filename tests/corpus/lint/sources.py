"""Where facts come from: every source can be found again, and its name says what it is worth."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

_REPRINTS = frozenset(
    "learnwithfaith.com www.learnwithfaith.com td.fyun.cc www.shangshang8.com m.bjhwtx.com jfbwx.com www.zjzykj.com "
    "news.fishai.com.cn news.43b.com.cn news.jrwbw.com huangwazi.com m.413629.com www.tianjindaily.com.cn "
    "www.ecfanr.cn www.wwwcj777.com feifmx.com dignews.cc www.ffpps.com www.shanxizhongtai.com nuiruijia.net "
    "www.gootoo.com.cn www.kmdx120.cn m.dbq21.cn www.shuimochuchenqi.net www.top168.com www.cectop.cn "
    "www.huashangw.com www.vvkw.net www.cenr.com.cn cdmsw.cn lege.cc m.yeitp8b.cn cacn.cc www.jizhil.com "
    "m.7wowo.cn www.taokecoco.com www.gvit.cn 8mtime.com 61.152.230.22".split()
)
"""Sites that print what others wrote, so that their name is not the author's."""

_FARMS = frozenset(
    "www.06925.com sjzkangxin.com www.520zimeiti.cn www.dafaseo.com www.nctoro.com www.mffb.com.cn m.wishdown.com "
    "www.xunmiwang.cn jjsoho.com wen200.com www.zmtyyw.com www.ijunjun.com www.vipfu.com qyrrgb.vip".split()
)
"""Sites that write for search engines, without saying where from."""

_DOCUMENT = re.compile(r"《[^》]+》|第 ?\d+ 号|20\d\d-\d\d(?:-\d\d)?")


def lint_source(source: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is wrong with one source of a front matter, and what to do."""
    name, url = str(source.get("name", "")), str(source.get("url", ""))
    host = urlsplit(url).hostname or ""
    if len(name) < 4:
        yield f"source {source!r}", "give it a name of 4 characters or more"
    if "url" in source and not re.fullmatch(r"https?://[^\s…]+", url):
        yield f"source {source!r}", "give the whole address, from http:// or https:// on"
    if "url" not in source and not _DOCUMENT.search(name):
        yield f"source {name} cannot be found again", "give its address, its title in 《》, its number or its date"
    if host in _REPRINTS and "转载" not in name:
        yield f"source {name} is a reprint by {host}", "say 转载 and by whom"
    if host in _FARMS and "可信度低" not in name:
        yield f"source {name} is a content farm", "replace it, or say 可信度低"
