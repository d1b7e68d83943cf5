"""Hypothesis strategies from a provider's document: requests, replies, worlds, and a machine that explores clients.

Needs a document and never a server.
"""

from mockserver.strategies.broken import BrokenReply, broken_replies, reply_violations
from mockserver.strategies.client import Called, Client, Clock, Mock, State
from mockserver.strategies.flows import Flow, Phase
from mockserver.strategies.invalid import InvalidBody, InvalidRequest, invalid_bodies, invalid_requests, violations
from mockserver.strategies.machine import ClientMachine
from mockserver.strategies.replies import replies
from mockserver.strategies.requests import bodies, requests
from mockserver.strategies.rules import Rule
from mockserver.strategies.twists import twisted
from mockserver.strategies.worlds import worlds

__all__ = [
    "BrokenReply",
    "Called",
    "Client",
    "ClientMachine",
    "Clock",
    "Flow",
    "InvalidBody",
    "InvalidRequest",
    "Mock",
    "Phase",
    "Rule",
    "State",
    "bodies",
    "broken_replies",
    "invalid_bodies",
    "invalid_requests",
    "replies",
    "reply_violations",
    "requests",
    "twisted",
    "violations",
    "worlds",
]
