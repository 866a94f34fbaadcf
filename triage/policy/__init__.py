"""Who answers: which team, which agent, which conversation next. Plain values in, plain values out, so that the desk,
the simulator and the tests run the very same rules.

Every answer explains itself in codes with facts, which a screen puts into words.

Codes of a `TeamChoice`:
    person_chose        a person chose the team, so it stays
    abstained           triage is not sure: the triage team, or whoever has it
    topic_without_team  the topic has no team: the same
    topic_team          {"team"}: the topic's own team
    higher_tier         {"tier", "wanted"}: a team of the topic's specialty at the tier it needs
    plan_team           {"plan"}: a team of the specialty that takes this plan
    language_team       {"language"}: a team of the specialty where somebody speaks the language
    no_team             no team of the specialty takes this customer
  and further reasons:
    tier_by_topic       {"tier"}: the topic or its difficulty asks for it
    tier_by_emotion     {"tier", "sentiment", "anger"}
    tier_kept           {"tier"}: it had come this far already, and triage never takes it down again
    no_higher_tier      {"tier", "wanted"}: the specialty has none as high as wanted
  and of candidates: chosen, other_plan {"plan"}, lower_tier {"tier", "wanted"}, higher_than_needed {"tier", "wanted"},
    not_for_plan {"plan"}, other_language {"language"}, not_topic_team.

Codes of an `AgentChoice`:
    only_one            nobody else could take it
    fewest_open         {"open", "capacity"}
    fewest_given        {"given", "open"}: in the last day, of those with as few open
    longest_idle        {"idle_seconds", "open"}: of those with as few of both
  and further reasons:
    speaks              {"language"}
    nobody_speaks       {"language"}: nobody in the team does, so there was nothing to wait for
    patience_over       {"language", "waited_seconds", "patience_seconds"}: nobody who speaks it was free in time
    queue               {"priority", "waited_seconds"}: what brought it to the front
  and of candidates: chosen, away, offline, at_limit {"open", "capacity"}, at_team_limit {"open", "limit"},
    other_language {"language", "languages"}, gave_back, busier, had_more, shorter_idle; all carry {"id", "name",
    "open", "capacity", "given", "idle_seconds"}. After the first 20 they are only counted: {"code": "others", "count"}.

Codes of an escalation: nobody_took_it {"waited_seconds", "limit_seconds", "from"}.
"""

from triage.policy.agents import (
    SHARE_OF,
    AgentChoice,
    AgentView,
    Order,
    Room,
    TeamRule,
    explain,
    fair,
    obstacle,
    pick,
    plan,
)
from triage.policy.queue import HEAD_START, Waiting, place, speaks
from triage.policy.teams import TeamChoice, TeamFacts, TeamView, team_for

__all__ = [
    "HEAD_START",
    "SHARE_OF",
    "AgentChoice",
    "AgentView",
    "Order",
    "Room",
    "TeamChoice",
    "TeamFacts",
    "TeamRule",
    "TeamView",
    "Waiting",
    "explain",
    "fair",
    "obstacle",
    "pick",
    "place",
    "plan",
    "speaks",
    "team_for",
]
