"""Addresses of the REST API. Ids are taken as text, so that what cannot be an id gets the same answer as an id that
is nobody's."""

from __future__ import annotations

from django.urls import path, re_path

from conversations.api import desk, drafts, entry, finding, joining, nouns, people, posting, reading

_API = "api/v1/"
_ONE = f"{_API}conversations/<str:id>/"
_PART = f"{_ONE}parts/<str:number>/"

urlpatterns = [
    path(f"{_API}conversations/", reading.Conversations.as_view()),
    path(_ONE, reading.OneConversation.as_view()),
    path(f"{_ONE}parts/", posting.Parts.as_view()),
    path(f"{_PART}redaction/", posting.Redact.as_view()),
    path(f"{_ONE}closure/", nouns.Closure.as_view()),
    path(f"{_ONE}snooze/", nouns.Snooze.as_view()),
    path(f"{_ONE}claim/", nouns.Claim.as_view()),
    path(f"{_ONE}assignment/", nouns.Assignment.as_view()),
    path(f"{_ONE}team/", nouns.InTeam.as_view()),
    path(f"{_ONE}escalation/", nouns.Escalation.as_view()),
    path(f"{_ONE}priority/", nouns.InPriority.as_view()),
    path(f"{_ONE}topic/", nouns.AboutTopic.as_view()),
    path(f"{_ONE}status/", nouns.InStatus.as_view()),
    path(f"{_ONE}tags/", nouns.Tags.as_view()),
    path(f"{_ONE}tags/<str:name>/", nouns.OneTag.as_view()),
    path(f"{_ONE}merge/", joining.Merge.as_view()),
    path(f"{_ONE}split/", joining.Split.as_view()),
    path(f"{_ONE}read/", nouns.ReadUpTo.as_view()),
    path(f"{_ONE}following/", nouns.Following.as_view()),
    path(f"{_ONE}attributes/", nouns.Attributes.as_view()),
    path(f"{_ONE}drafts/<str:kind>/", drafts.MyDraft.as_view()),
    path(f"{_API}customers/", people.Customers.as_view()),
    path(f"{_API}customers/<str:id>/", people.OneCustomer.as_view()),
    path(f"{_API}customers/<str:id>/erasure/", people.Erasure.as_view()),
    path(f"{_API}companies/", people.Companies.as_view()),
    path(f"{_API}companies/<str:id>/", people.OneCompany.as_view()),
    path(f"{_API}agents/", people.Agents.as_view()),
    path(f"{_API}teams/", people.Teams.as_view()),
    path(f"{_API}topics/", desk.Topics.as_view()),
    path(f"{_API}tags/", desk.AllTags.as_view()),
    path(f"{_API}statuses/", desk.Statuses.as_view()),
    path(f"{_API}search/", finding.Search.as_view()),
    re_path(rf"^{_API}", entry.NotThere.as_view()),
]
