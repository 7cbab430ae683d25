"""Knobs of the local workspace, outside the paths of Databricks: faults, clock, delays, switches, log, data."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError

from local_workspace.catalog import OWNER
from local_workspace.clock import read_moment
from local_workspace.errors import InvalidParameterError
from local_workspace.explanation import explain
from local_workspace.loader import load
from local_workspace.monitors import Transitions
from local_workspace.names import TableName
from local_workspace.seeding import forget_seeding, seed, seeding
from local_workspace.server.bodies import Body, explained
from local_workspace.server.errors import CODE_OF_STATUS, error_body
from local_workspace.server.routing import Request, Route
from local_workspace.server.state import Fault
from local_workspace.switch_list import shown

Count = Annotated[int, Field(ge=0)]
Seconds = Annotated[float, Field(ge=0)]


class NewFault(Body):
    """Body of a fault."""

    pattern: str
    status: Annotated[int, Field(ge=400, le=599)]
    body: dict[str, Any] | None = None
    offset: Count = 0
    times: Annotated[int, Field(ge=1)] = 1
    after_handler: bool = False


class ClockChange(Body):
    """Body of a change of the clock: one of the two."""

    now: str | None = None
    advance_seconds: float | None = None


class ChangedTransitions(Body):
    """Body of a change of delays; what is left out stays."""

    pending_reads: Count | None = None
    pending_seconds: Seconds | None = None
    tables_after_seconds: Seconds | None = None


class Reset(Body):
    """Body of a reset."""

    everything: bool = False


class AlertRun(Body):
    """Body of an evaluation of all alerts."""

    at: str | None = None


class NewLoad(Body):
    """Body of a load."""

    table: str
    file: str
    shift_to_now: bool = False


class NewSeed(Body):
    """Body of a seeding."""

    days: Annotated[int, Field(ge=1)] | None = None
    seed: int | None = None


class NewToken(Body):
    """Body of a token."""

    principal: Annotated[str, Field(min_length=1)]
    groups: list[str] | None = None


def status(request: Request) -> dict[str, Any]:
    """The process that answers, and its state folder."""
    return {"pid": os.getpid(), "state": str(request.workspace.folder.resolve())}


def add_fault(request: Request) -> dict[str, Any]:
    """Answer coming requests with an error.

    `pattern` is `METHOD /path` with `*` for any text. The first `offset` fitting requests go through, the
    next `times` meet the error; with `after_handler` the request is carried out before the error is answered.
    """
    body = request.body(NewFault)
    code = CODE_OF_STATUS.get(body["status"], "INTERNAL_ERROR")
    answer = body.pop("body", None) or error_body(code, "A fault that was asked for.")
    fault = Fault(**body, body=answer)
    with request.server.lock:
        request.server.faults.append(fault)
    return asdict(fault)


def list_faults(request: Request) -> dict[str, Any]:
    """Faults that are still to come."""
    with request.server.lock:
        return {"faults": [asdict(fault) for fault in request.server.faults]}


def clear_faults(request: Request) -> None:
    """Forget all faults."""
    with request.server.lock:
        request.server.faults.clear()


def read_clock(request: Request) -> dict[str, Any]:
    """The workspace's time, and how far it is ahead of the machine's."""
    clock = request.workspace.clock
    return {"now": clock.now().isoformat(), "offset_seconds": clock.offset_seconds}


def change_clock(request: Request) -> dict[str, Any]:
    """Set the clock (`now`) or move it on (`advance_seconds`); it runs on from there, also after a restart.

    Schedules and delays that become due take effect at once; a schedule that was passed several times fires
    once.
    """
    body = request.body(ClockChange)
    if ("now" in body) == ("advance_seconds" in body):
        raise InvalidParameterError("the clock takes either 'now' or 'advance_seconds'")
    clock = request.workspace.clock
    offset = clock.offset_seconds
    if "now" in body:
        offset += (read_moment("now", body["now"]) - clock.now()).total_seconds()
    else:
        offset += body["advance_seconds"]
    request.workspace.set_clock(offset)
    return read_clock(request)


def read_transitions(request: Request) -> dict[str, Any]:
    """How slowly monitors come to life."""
    return asdict(request.workspace.monitors.transitions)


def change_transitions(request: Request) -> dict[str, Any]:
    """Let new monitors stay PENDING for some reads or seconds, and their tables come some seconds later.

    Seconds are those of the workspace's clock. They concern monitors made from now on.
    """
    body = request.body(ChangedTransitions)
    monitors = request.workspace.monitors
    monitors.transitions = Transitions(**{**asdict(monitors.transitions), **body})
    return asdict(monitors.transitions)


def read_switches(request: Request) -> dict[str, Any]:
    """Every switch: what it decides where the service publishes nothing, its value and its default."""
    return {"switches": shown(request.workspace.switches.current)}


def change_switches(request: Request) -> dict[str, Any]:
    """Set switches by name, for good; null gives one its default again. The next refresh goes by them."""
    try:
        return {"switches": shown(request.workspace.switches.change(request.json()))}
    except ValidationError as error:
        raise explained(error.errors(include_url=False)) from error


def issue_token(request: Request) -> dict[str, Any]:
    """Make a token for a principal, which may then do what its grants allow and nothing else.

    `groups` are those that the principal is in; everybody is in `account users`.
    """
    body = request.body(NewToken)
    if body["principal"] == OWNER:
        raise InvalidParameterError(f"principal: '{OWNER}' owns the workspace; name somebody else")
    return {"token": request.workspace.principals.issue(body["principal"], tuple(body.get("groups") or ()))}


def list_requests(request: Request) -> dict[str, Any]:
    """The last 10,000 requests, oldest first, without those to these knobs."""
    return {"requests": request.server.logged()}


def clear_requests(request: Request) -> None:
    """Empty the log of requests."""
    with request.server.lock:
        request.server.requests.clear()


def list_refreshes(request: Request) -> dict[str, Any]:
    """Every refresh of every monitor with what it wrote and how long it took, oldest first."""
    return {"refreshes": request.workspace.monitors.reports()}


def explain_refreshes(request: Request) -> dict[str, Any]:
    """The steps of the last refresh of a table's monitor with rows and seconds, and what the next one will write.

    Rows are counted by granularity and slicing expression; nothing is computed or written. The table's own name is enough
    where only one monitored table has it.
    """
    return explain(request.workspace, request.parts["table"])


def list_alerts(request: Request) -> dict[str, Any]:
    """What the last evaluation of every alert found, with the rows that made it fire."""
    return {"alerts": [asdict(found) for found in request.workspace.alerts.found()]}


def evaluate_alerts(request: Request) -> dict[str, Any]:
    """Evaluate every alert, whatever its schedule says.

    With `at`, a moment, the queries take that moment for the present and read the tables as they are now;
    nothing is kept. Without it the states change as if the schedules had fired.
    """
    body = request.body(AlertRun)
    alerts = request.workspace.alerts
    if body.get("at") is not None:
        return {"alerts": [asdict(found) for found in alerts.would_find(read_moment("at", body["at"]))]}
    return {"alerts": [asdict(alerts.evaluate(record["id"])) for record in alerts.all()]}


def reset(request: Request) -> None:
    """Forget faults, log, delays, switches and the clock's setting.

    With `everything` also all catalogs, data, monitors and tokens of principals; the workspace's number and its
    owner's token stay.
    """
    body = request.body(Reset)
    request.server.reset()
    request.workspace.monitors.transitions = Transitions()
    request.workspace.switches.reset()
    request.workspace.set_clock(0.0)
    if body.get("everything"):
        request.workspace.clear()
        forget_seeding(request.workspace)


def load_file(request: Request) -> dict[str, Any]:
    """Append a parquet or csv file of this machine to a table, or make the table from it."""
    body = request.body(NewLoad)
    try:
        table = TableName.parse(body["table"])
    except ValueError as error:
        raise InvalidParameterError(str(error)) from error
    shift = bool(body.get("shift_to_now", False))
    return asdict(load(request.workspace, table, Path(body["file"]), shift_to_now=shift))


def seed_tables(request: Request) -> dict[str, Any]:
    """Fill the gold tables with sample data."""
    body = request.body(NewSeed)
    seeded = seed(request.workspace, body.get("days"), body.get("seed"))
    return {"tables": [asdict(table) for table in seeded]}


def read_seeding(request: Request) -> dict[str, Any]:
    """What the sample data was made from: its end, days and seed; null when there is none."""
    found = seeding(request.workspace)
    return {"seeding": None if found is None else asdict(found)}


_BASE = "/__local"

ROUTES = (
    Route("GET", f"{_BASE}/status", status),
    Route("POST", f"{_BASE}/fault", add_fault),
    Route("GET", f"{_BASE}/fault", list_faults),
    Route("DELETE", f"{_BASE}/fault", clear_faults),
    Route("GET", f"{_BASE}/clock", read_clock),
    Route("POST", f"{_BASE}/clock", change_clock),
    Route("GET", f"{_BASE}/transitions", read_transitions),
    Route("POST", f"{_BASE}/transitions", change_transitions),
    Route("GET", f"{_BASE}/switches", read_switches),
    Route("POST", f"{_BASE}/switches", change_switches),
    Route("POST", f"{_BASE}/token", issue_token),
    Route("GET", f"{_BASE}/requests", list_requests),
    Route("DELETE", f"{_BASE}/requests", clear_requests),
    Route("GET", f"{_BASE}/refreshes", list_refreshes),
    Route("GET", f"{_BASE}/explain/{{table}}", explain_refreshes),
    Route("GET", f"{_BASE}/alerts", list_alerts),
    Route("POST", f"{_BASE}/alerts", evaluate_alerts),
    Route("POST", f"{_BASE}/reset", reset),
    Route("POST", f"{_BASE}/load", load_file),
    Route("POST", f"{_BASE}/seed", seed_tables),
    Route("GET", f"{_BASE}/seed", read_seeding),
)
