"""The store: people, baskets, orders, the outbox, tasks and the access log in one database."""

from bot.store.records import AccessEntry, Consent, OutboxEntry, Person, Task
from bot.store.store import Store
from bot.store.unit_of_work import UnitOfWork

__all__ = ["AccessEntry", "Consent", "OutboxEntry", "Person", "Store", "Task", "UnitOfWork"]
