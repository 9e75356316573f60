"""Everything that can be asked of the store within one transaction."""

from bot.store.callers import Callers
from bot.store.duties import Duties
from bot.store.keeping import Keeping
from bot.store.marks import Marks
from bot.store.outbox import Outbox
from bot.store.rings import Rings
from bot.store.sealing import Sealing
from bot.store.sign_ins import SignIns
from bot.store.staff_book import StaffBook
from bot.store.takeovers import TakeOvers
from bot.store.transcripts import Transcripts
from bot.store.worklist import Worklist


class UnitOfWork(
    Keeping,
    Sealing,
    Outbox,
    Worklist,
    Duties,
    Callers,
    Rings,
    StaffBook,
    SignIns,
    Transcripts,
    TakeOvers,
    Marks,
):
    """One database transaction; get it from `Store.transaction`."""
