"""Dashboards (Lakeview): a draft with an etag, perhaps a published version, perhaps in the trash."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

from local_workspace.errors import (
    AlreadyExistsError,
    BadRequestError,
    ChangedMeanwhileError,
    InvalidParameterError,
    NotFoundError,
    PermissionDeniedError,
)

if TYPE_CHECKING:
    from local_workspace.clock import Clock
    from local_workspace.store import Document, Store

TRASHED, ACTIVE = "TRASHED", "ACTIVE"
_PAGE_TYPE = "PAGE_TYPE_CANVAS"
_WORKSPACE = "/Workspace"


class Dashboards:
    """Makes, changes, publishes and trashes dashboards."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def all(self, *, trashed: bool = False) -> list[Document]:
        """Every dashboard by folder and name; those in the trash only when asked for."""
        found = [_shown(record) for _, record in self._store.all("dashboard")]
        wanted = [one for one in found if trashed or one["lifecycle_state"] == ACTIVE]
        return sorted(wanted, key=lambda one: one["path"])

    def create(self, body: Document) -> Document:
        """Make a draft.

        Args:
            body: `display_name`, `serialized_dashboard`, perhaps `parent_path` and `warehouse_id`.

        Raises:
            AlreadyExistsError: the folder has one of that name.
            InvalidParameterError: its content is none of a dashboard.
        """
        now = self._now()
        record: Document = {
            "dashboard_id": uuid.uuid4().hex,
            "display_name": body["display_name"],
            "parent_path": _place(body.get("parent_path") or "/"),
            "serialized_dashboard": normalised(body.get("serialized_dashboard") or "{}"),
            "lifecycle_state": ACTIVE,
            "create_time": now,
            "update_time": now,
            "etag": uuid.uuid4().hex,
        }
        if body.get("warehouse_id"):
            record["warehouse_id"] = body["warehouse_id"]
        with self._store.transaction():
            self._refuse_double(record)
            self._put(record)
        return _shown(record)

    def get(self, dashboard_id: str) -> Document:
        """The draft, also of a dashboard in the trash.

        Raises:
            NotFoundError: it is not there.
        """
        return _shown(self._record(dashboard_id))

    def update(self, dashboard_id: str, changes: Document) -> Document:
        """Change the draft; it gets a new etag, and the published version stays as it is.

        Args:
            dashboard_id: which one.
            changes: new values by field; an `etag` must be that of the draft.

        Raises:
            NotFoundError: it is not there.
            BadRequestError: it is in the trash.
            ChangedMeanwhileError: the etag is of an older draft.
        """
        with self._store.transaction():
            record = self._active(dashboard_id)
            if changes.get("etag") not in {None, "", record["etag"]}:
                raise ChangedMeanwhileError(
                    f"Dashboard {dashboard_id} has changed: its etag is '{record['etag']}', not "
                    f"'{changes['etag']}'; read it again"
                )
            for field in ("display_name", "warehouse_id"):
                if changes.get(field):
                    record[field] = changes[field]
            if changes.get("serialized_dashboard"):
                record["serialized_dashboard"] = normalised(changes["serialized_dashboard"])
            if changes.get("parent_path"):
                record["parent_path"] = _place(changes["parent_path"])
            self._refuse_double(record)
            record |= {"etag": uuid.uuid4().hex, "update_time": self._now()}
            self._put(record)
        return _shown(record)

    def trash(self, dashboard_id: str) -> None:
        """Put it into the trash, where it can still be read.

        Raises:
            NotFoundError: it is not there.
            PermissionDeniedError: it is in the trash already, as the service answers it.
        """
        with self._store.transaction():
            record = self._record(dashboard_id)
            if record["lifecycle_state"] == TRASHED:
                raise PermissionDeniedError(f"Dashboard {dashboard_id} is in the trash.")
            self._put({**record, "lifecycle_state": TRASHED})

    def publish(self, dashboard_id: str, *, embed_credentials: bool, warehouse_id: str | None) -> Document:
        """Make the draft the published version; its etag stays.

        Args:
            dashboard_id: which one.
            embed_credentials: whether readers see it with the rights of who publishes it.
            warehouse_id: where its queries run; that of the draft when None.

        Raises:
            NotFoundError: it is not there.
            BadRequestError: it is in the trash.
        """
        with self._store.transaction():
            record = self._active(dashboard_id)
            record["published"] = {
                "display_name": record["display_name"],
                "embed_credentials": embed_credentials,
                "warehouse_id": warehouse_id or record.get("warehouse_id", ""),
                "revision_create_time": self._now(),
            }
            self._put(record)
        return dict(record["published"])

    def published(self, dashboard_id: str) -> Document:
        """The published version.

        Raises:
            NotFoundError: there is none.
        """
        published = self._record(dashboard_id).get("published")
        if published is None:
            raise NotFoundError(f"Dashboard {dashboard_id} is not published.")
        return dict(published)

    def unpublish(self, dashboard_id: str) -> None:
        """Take the published version back.

        Raises:
            NotFoundError: there is none.
        """
        with self._store.transaction():
            self.published(dashboard_id)
            record = self._record(dashboard_id)
            del record["published"]
            self._put(record)

    def _active(self, dashboard_id: str) -> Document:
        record = self._record(dashboard_id)
        if record["lifecycle_state"] == TRASHED:
            raise BadRequestError(f"Dashboard {dashboard_id} is in the trash; make a new one")
        return record

    def _record(self, dashboard_id: str) -> Document:
        record = self._store.get("dashboard", dashboard_id)
        if record is None:
            raise NotFoundError(f"Unable to find dashboard [dashboardId={dashboard_id}]")
        return record

    def _put(self, record: Document) -> None:
        self._store.put("dashboard", record["dashboard_id"], record)

    def _refuse_double(self, record: Document) -> None:
        path = _path(record)
        for key, other in self._store.all("dashboard"):
            if key != record["dashboard_id"] and other["lifecycle_state"] == ACTIVE and _path(other) == path:
                raise AlreadyExistsError(f"Path ({path}) already exists.")

    def _now(self) -> str:
        return self._clock.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def normalised(text: str) -> str:
    """The content of a dashboard as the service keeps it: pages with a type, a line feed at the end.

    Raises:
        InvalidParameterError: it is no JSON object, or a widget reads a dataset that is not there.
    """
    try:
        content = json.loads(text)
    except ValueError as error:
        raise InvalidParameterError(f"serialized_dashboard: is not JSON: {error}") from error
    if not isinstance(content, dict):
        raise InvalidParameterError("serialized_dashboard: must be a JSON object")
    datasets = [dataset.get("name") for dataset in _objects(content, "datasets")]
    for page in _objects(content, "pages"):
        page.setdefault("pageType", _PAGE_TYPE)
        for entry in _objects(page, "layout"):
            _check_widget(entry.get("widget") or {}, datasets)
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n"


def _check_widget(widget: dict[str, Any], datasets: list[str | None]) -> None:
    for query in _objects(widget, "queries"):
        dataset = (query.get("query") or {}).get("datasetName")
        if dataset not in datasets:
            raise InvalidParameterError(
                f"serialized_dashboard: widget '{widget.get('name')}' reads the dataset '{dataset}', which is "
                "not there"
            )


def _objects(holder: dict[str, Any], field: str) -> list[dict[str, Any]]:
    found = holder.get(field, [])
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise InvalidParameterError(f"serialized_dashboard: '{field}' must be a list of objects")
    return found


def _place(parent_path: str) -> str:
    """The folder without `/Workspace`, which the service leaves out, and without a slash at its end."""
    if parent_path == _WORKSPACE or parent_path.startswith(f"{_WORKSPACE}/"):
        parent_path = parent_path.removeprefix(_WORKSPACE)
    return parent_path.rstrip("/") or "/"


def _path(record: Document) -> str:
    return f"{record['parent_path'].rstrip('/')}/{record['display_name']}.lvdash.json"


def _shown(record: Document) -> Document:
    return {
        **{field: value for field, value in record.items() if field != "published"},
        "path": _path(record),
    }
