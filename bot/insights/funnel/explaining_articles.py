"""Which articles of the starter knowledge base explain a step: how to improve it, and how it is measured."""

from __future__ import annotations

from collections.abc import Mapping

from bot.insights.funnel.figures import Stage

EXPLAINING: Mapping[Stage, tuple[str, str]] = {
    Stage.EXPOSURE: ("xhs-search-keywords.md", "xhs-recommend-ces.md"),
    Stage.CLICK: ("xhs-notes-cover-title.md", "juguang-diagnose.md"),
    Stage.MESSAGE: ("juguang-diagnose.md", "funnel-dashboard.md"),
    Stage.LEAD: ("reply-time-script.md", "xhs-forms-leads.md"),
    Stage.FRIEND: ("funnel-add-rate.md", "xhs-official-paths.md"),
    Stage.REPLY: ("wecom-welcome.md", "funnel-add-rate.md"),
    Stage.ORDER: ("first-order.md", "one-on-one.md"),
    Stage.REPEAT: ("repurchase.md", "dormant-wakeup.md"),
}
"""For the step to a stage two articles, by their paths below `corpus.articles`; an operator's own may lack them."""
