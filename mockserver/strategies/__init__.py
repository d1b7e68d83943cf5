"""Hypothesis strategies from a provider's document: requests, replies, worlds, and a machine that explores clients.

Needs a document and never a server.
"""

from mockserver.strategies.broken import BrokenReply, broken_replies, reply_violations
from mockserver.strategies.client import Called, Client, Ended, Hooks, Mock, Receiver, Save, State, Tokens
from mockserver.strategies.clock import Clock
from mockserver.strategies.flow import Flow, Phase
from mockserver.strategies.invalid import InvalidBody, InvalidRequest, invalid_bodies, invalid_requests, violations
from mockserver.strategies.machine import ClientMachine
from mockserver.strategies.plans import fault_plans
from mockserver.strategies.replies import replies
from mockserver.strategies.requests import bodies, requests
from mockserver.strategies.rules import Rule
from mockserver.strategies.schedules import CallStep, FaultStep, JumpStep, RestartStep, Step, schedules
from mockserver.strategies.twists import twisted
from mockserver.strategies.worlds import worlds

__all__ = [
    "BrokenReply",
    "CallStep",
    "Called",
    "Client",
    "ClientMachine",
    "Clock",
    "Ended",
    "FaultStep",
    "Flow",
    "Hooks",
    "InvalidBody",
    "InvalidRequest",
    "JumpStep",
    "Mock",
    "Phase",
    "Receiver",
    "RestartStep",
    "Rule",
    "Save",
    "State",
    "Step",
    "Tokens",
    "bodies",
    "broken_replies",
    "fault_plans",
    "invalid_bodies",
    "invalid_requests",
    "replies",
    "reply_violations",
    "requests",
    "schedules",
    "twisted",
    "violations",
    "worlds",
]
