"""What buttons carry: the text stays as it is in old messages, and whatever is not exactly of a kind is of none."""

from __future__ import annotations

from typing import get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.insights.gaps import Order
from bot.telegram.updates.callback_data import (
    KINDS,
    MOST_BYTES,
    CallbackData,
    CuratedAction,
    CuratedButton,
    CuratedExpiryButton,
    CuratedPageButton,
    CuratedStep,
    CuratedStepButton,
    ExampleButton,
    ForgetButton,
    FunnelAction,
    FunnelDoor,
    FunnelDoorButton,
    FunnelResultButton,
    FunnelSavedButton,
    FunnelStep,
    FunnelStepButton,
    GapCurateButton,
    GapDoneButton,
    GapsFileButton,
    GapsView,
    PassageButton,
    PostButton,
    SavedAction,
    SuggestionButton,
    UploadButton,
    VoteButton,
    VoteChoice,
)

DIGEST, KEY = "0123456789abcdef", "01234567"
WRITTEN: dict[str, CallbackData] = {
    f"p1:{DIGEST}": PassageButton(DIGEST),
    f"e1:{DIGEST}": ExampleButton(DIGEST),
    "v1:1:u": VoteButton(1, VoteChoice.UP),
    "v1:12:d": VoteButton(12, VoteChoice.DOWN),
    "v1:1:w": VoteButton(1, VoteChoice.WRONG),
    "v1:1:o": VoteButton(1, VoteChoice.OUTDATED),
    "v1:1:f": VoteButton(1, VoteChoice.OFF_TOPIC),
    "v1:999999999999999999:i": VoteButton(10**18 - 1, VoteChoice.INCOMPLETE),
    "f1:21:y": ForgetButton(21, confirmed=True),
    "f1:21:n": ForgetButton(21, confirmed=False),
    f"u1:{DIGEST}:keep": UploadButton(DIGEST, keep=True),
    f"u1:{DIGEST}:drop": UploadButton(DIGEST, keep=False),
    "s1:1:take": SuggestionButton(1, take=True),
    "s1:999999999999999:drop": SuggestionButton(10**15 - 1, take=False),
    "g1:1": GapCurateButton(1),
    "gd1:30:f:0:1": GapDoneButton(30, Order.FREQUENT, 0, 1),
    "gp1:30:n:9999": GapsView(30, Order.NEWEST, 9999),
    "gp1:7:f:0": GapsView(7),
    "gc1:30": GapsFileButton(30),
    "w1:1:-1001": PostButton(1, -1001),
    "w1:1:0": PostButton(1, PostButton.DROP),
    f"c1:d:{KEY}:s": CuratedStepButton(KEY, CuratedStep.SAVE),
    f"c1:d:{KEY}:o": CuratedStepButton(KEY, CuratedStep.ADD_SOURCE),
    f"c1:d:{KEY}:q": CuratedStepButton(KEY, CuratedStep.CANCEL),
    f"c1:d:{KEY}:e": CuratedStepButton(KEY, CuratedStep.CHOOSE_EXPIRY),
    f"c1:d:{KEY}:e0": CuratedExpiryButton(KEY, 0),
    f"c1:d:{KEY}:e365": CuratedExpiryButton(KEY, 365),
    "c1:l:0": CuratedPageButton(0),
    "c1:v:1": CuratedButton(CuratedAction.SHOW, 1),
    "c1:t:1": CuratedButton(CuratedAction.EDIT_TEXT, 1),
    "c1:p:1": CuratedButton(CuratedAction.ADD_PHRASING, 1),
    "c1:u:1": CuratedButton(CuratedAction.ASK_REMOVAL, 1),
    "c1:x:1": CuratedButton(CuratedAction.REMOVE, 1),
    "c1:k:999999999": CuratedButton(CuratedAction.KEEP, 10**9 - 1),
    "fn1:n": FunnelDoorButton(FunnelDoor.START),
    "fn1:l": FunnelDoorButton(FunnelDoor.SAVED),
    "fn1:c": FunnelDoorButton(FunnelDoor.COMPARE),
    "fs1:0:s": FunnelStepButton(0, FunnelStep.SKIP),
    "fs1:9:b": FunnelStepButton(9, FunnelStep.BACK),
    "fs1:3:d": FunnelStepButton(3, FunnelStep.DONE),
    "fs1:3:q": FunnelStepButton(3, FunnelStep.CANCEL),
    f"fr1:{KEY}:s": FunnelResultButton(KEY, FunnelAction.SAVE),
    f"fr1:{KEY}:k": FunnelResultButton(KEY, FunnelAction.DARK),
    "fp1:1:v": FunnelSavedButton(1, SavedAction.SHOW),
    "fp1:12:x": FunnelSavedButton(12, SavedAction.DELETE),
}
"""Literally as buttons in old messages have it. These may be added to, but none may change."""


def unpack(text: str) -> CallbackData | None:
    """What a text carries, by whichever kind takes it."""
    return next((button for kind in KINDS if (button := kind.unpack(text)) is not None), None)


def _buttons(kind: type[CallbackData]) -> st.SearchStrategy[CallbackData]:
    """Any button of a kind, by what its parts allow."""
    hints = get_type_hints(kind, include_extras=True)
    parts = {name: hint.__metadata__[0] for name, hint in hints.items() if hasattr(hint, "__metadata__")}
    return st.builds(
        kind,
        **{name: st.from_regex(part.pattern, fullmatch=True).map(part.read) for name, part in parts.items()},
    )


@pytest.mark.parametrize("text", WRITTEN)
def test_old_buttons_go_on_working(text: str) -> None:
    assert WRITTEN[text].pack() == text
    assert unpack(text) == WRITTEN[text]


def test_every_kind_is_among_them() -> None:
    assert {type(button) for button in WRITTEN.values()} == set(KINDS)


@given(st.sampled_from(KINDS).flatmap(_buttons))
def test_what_is_packed_comes_back_as_the_same_button_and_as_no_other(button: CallbackData) -> None:
    text = button.pack()
    assert len(text.encode()) <= MOST_BYTES
    assert [kind.unpack(text) for kind in KINDS if kind.unpack(text) is not None] == [button]


@pytest.mark.parametrize("text", WRITTEN)
def test_anything_before_or_behind_makes_it_nothing(text: str) -> None:
    for forged in (f" {text}", f"{text}\n", f"{text}:", f"x{text}", text.upper(), text.partition(":")[0], f"{text}/"):
        assert unpack(forged) is None, forged


@given(st.text() | st.sampled_from(sorted(WRITTEN)).flatmap(lambda text: st.text().map(lambda more: text[:-1] + more)))
def test_forged_data_is_read_as_what_it_says_or_not_at_all(text: str) -> None:
    button = unpack(text)
    # A number may have zeros in front; all else stands in the text as `pack` writes it.
    assert button is None or unpack(button.pack()) == button


@pytest.mark.parametrize("text", ["", "p1", "v1:0:u", "v1:01:u", "v1:1:x", "gp1:\u0661:f:0", "w1:1:--1", "c2:l:0"])
def test_these_are_no_buttons(text: str) -> None:
    assert unpack(text) is None


def test_a_text_that_telegram_would_refuse_is_never_made() -> None:
    with pytest.raises(ValueError, match="64 bytes"):
        PassageButton("0" * 80).pack()
