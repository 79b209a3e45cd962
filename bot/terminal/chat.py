"""A conversation in the terminal: questions, and the passages behind the last answer by number."""

from __future__ import annotations

from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from bot.answering.conversations import Conversations, Speaker
from bot.answering.service import Service
from bot.answering.wording import understood
from bot.locales import texts
from bot.model import Answer
from bot.terminal.asking import Asking
from bot.terminal.output import show_answer, written_live
from embeddings.errors import EngineUnavailable

_HERE = Speaker(chat=0, thread=None, user=0)
_LEAVE = {"/q", "/quit", "/exit", "exit", "quit", "退出", "再见"}


def converse(service: Service, asking: Asking, console: Console) -> None:
    """Read questions until the input ends or the person leaves."""
    console.print("直接输入问题；输入数字看对应的原文；/q 退出。")
    conversations = Conversations()
    last: Answer | None = None
    while True:
        try:
            line = console.input("\n问> ").strip()
        except EOFError:
            return
        if line.lower() in _LEAVE:
            return
        if not line:
            continue
        if line.isdigit() and last is not None and 1 <= int(line) <= len(last.sources):
            _show_passage(service, console, last, int(line))
            continue
        try:
            with written_live(console) as shown:
                last = asking.ask(line, conversations.history(_HERE), shown=shown)
        except EngineUnavailable as error:
            console.print(str(error), markup=False)
            continue
        conversations.remember(_HERE, last)
        if meant := understood(last, texts("zh")):
            console.print(meant, style="dim", markup=False)
        show_answer(console, last)


def _show_passage(service: Service, console: Console, answer: Answer, n: int) -> None:
    source = answer.sources[n - 1]
    found = service.passage(source.passage)
    if found is None:
        console.print("资料已经更新，这段原文不在了。请重新问一次。")
        return
    title = Text(" · ".join(part for part in (source.title, source.section) if part))
    console.print(Panel(Text(found[0].text), title=title, title_align="left"))
