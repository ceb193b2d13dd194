"""One thread at a time: in a replay, and where gradients are added; and NumPy's errors, which belong to a thread too.

An interruption (Ctrl-C) may come after any call. So what is begun here is ended in a `finally` whose first call ends
it, or by a `with` of a lock, whose two ends Python does not interrupt.
"""

import os
from collections.abc import Callable
from contextvars import Context
from functools import partial, wraps
from os import getpid
from threading import RLock
from typing import Any, TypeVar

import numpy as np

from autograd.errors import GraphError

M = TypeVar("M", bound=Callable[..., Any])
T = TypeVar("T")
BUSY = "This replay is at work in another thread, and has arrays for one batch at a time. Record once for each thread."


def lock_kept_through_forks() -> Any:
    """Return a lock for which a fork waits: in the new process there is no other thread that could release it."""
    lock = RLock()
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(before=lock.acquire, after_in_parent=lock.release, after_in_child=lock.release)
    return lock


def one_thread_at_a_time(method: M) -> M:
    """Refuse a method while another thread is in one of the same object, whose `at_work` is a dict with a key for each call.

    The first call goes on, and the others are refused. A call has the number of its process: in a forked one, those of the
    threads that are not there any more do not count.
    """

    @wraps(method)
    def wrapped(self: Any, *given: Any) -> Any:
        call, at_work = (getpid(), object()), self.at_work
        try:
            at_work[call] = None
            if len(at_work) > 1 and next(other for other in list(at_work) if other[0] == call[0]) is not call:
                raise GraphError(BUSY)
            return method(self, *given)
        finally:
            at_work.pop(call, None)

    return wrapped  # type: ignore[return-value]


def context_where_numpy(**settings: Any) -> Context:
    """Return a context in which NumPy ignores errors or raises: it is entered and left at once, and cheaper than np.errstate."""
    context = Context()
    context.run(partial(np.seterr, **settings))
    return context


RAISING, IGNORING = context_where_numpy(all="raise", under="ignore"), context_where_numpy(all="ignore")


def raising(compute: Callable[..., T], *given: Any) -> T:
    """Return what a function returns, where NumPy raises FloatingPointError at overflow, division by 0 and NaN."""
    return RAISING.copy().run(compute, *given)


def ignoring(compute: Callable[..., T], *given: Any) -> T:
    """Return what a function returns, where NumPy lets infinities and NaNs pass without a word, as numbers do."""
    return IGNORING.copy().run(compute, *given)
