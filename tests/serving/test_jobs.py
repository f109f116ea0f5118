"""What waits for the model."""

import asyncio
import threading

import pytest

from modelspec.serving.jobs import Job, JobQueue, QueueFullError


def job(loop: asyncio.AbstractEventLoop, rows: int = 1) -> Job:
    return Job([{}] * rows, None, loop.create_future(), loop)


@pytest.fixture
def loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


def test_all_that_waits_is_taken_up_to_the_most_rows(loop: asyncio.AbstractEventLoop) -> None:
    queue = JobQueue(100)
    jobs = [job(loop, rows) for rows in (3, 4, 2, 20, 1)]
    for each in jobs:
        queue.put(each)
    assert queue.take(9) == jobs[:3]
    assert queue.take(9) == jobs[3:4], "one that is too large by itself is taken alone"
    assert (queue.take(9), len(queue)) == (jobs[4:], 0)


def test_a_full_queue_refuses(loop: asyncio.AbstractEventLoop) -> None:
    queue = JobQueue(4)
    queue.put(job(loop, 9))
    with pytest.raises(QueueFullError):
        queue.put(job(loop))
    queue.take(64)
    for _ in range(4):
        queue.put(job(loop))
    with pytest.raises(QueueFullError):
        queue.put(job(loop))


def test_what_nobody_waits_for_is_left_out(loop: asyncio.AbstractEventLoop) -> None:
    queue = JobQueue(100)
    gone, wanted = job(loop), job(loop)
    for each in (gone, wanted):
        queue.put(each)
    gone.answer.cancel()
    assert queue.take(64) == [wanted]


def test_a_closed_queue_ends_once_it_is_empty(loop: asyncio.AbstractEventLoop) -> None:
    queue = JobQueue(100)
    queue.put(job(loop))
    queue.close()
    assert [len(queue.take(64)), len(queue.take(64))] == [1, 0]


def test_it_waits_for_the_first(loop: asyncio.AbstractEventLoop) -> None:
    queue, found = JobQueue(100), []
    thread = threading.Thread(target=lambda: found.extend(queue.take(64)))
    thread.start()
    queue.put(job(loop))
    thread.join(10)
    assert len(found) == 1
