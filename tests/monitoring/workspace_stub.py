"""A workspace of a few routes in this process: enough for comments, monitors and schemas, nothing computed.

It keeps comments the way Spark reads them, so a wrong escape shows. Every request is recorded.
"""

from __future__ import annotations

import json
import re
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Body = dict[str, Any]
Answer = tuple[int, Body]

MONITORS_V1 = "/api/data-quality/v1/monitors"

_LITERAL = r"'((?:[^'\\]|\\.)*)'"
_NAME = r"`((?:[^`]|``)*)`"
_ON_TABLE = re.compile(rf"COMMENT ON TABLE ({_NAME}(?:\.{_NAME})*) IS {_LITERAL}", re.DOTALL)
_ALTER = re.compile(rf"ALTER TABLE ((?:{_NAME}\.?)+) ALTER COLUMN (.*)", re.DOTALL)
_COLUMN = re.compile(rf"{_NAME} COMMENT {_LITERAL}(?:, |$)", re.DOTALL)


@dataclass
class StubTable:
    """A table: its comment and its columns' comments."""

    comment: str = ""
    columns: dict[str, str] = field(default_factory=dict)


class WorkspaceStub:
    """The state, and a method per route."""

    def __init__(self) -> None:
        self.tables: dict[str, StubTable] = {}
        self.monitors: dict[str, Body] = {}
        self.schemas: dict[str, Body] = {}
        self.refreshes: dict[str, list[Body]] = {}
        self.objects: dict[str, Body] = {}
        """What is in the workspace's folders, folders included, by path."""
        self.trash: list[str] = []
        self.statements: list[str] = []
        self.requests: list[tuple[str, str, Body]] = []
        self.warehouses: list[Body] = [{"id": "wh1", "name": "Warehouse", "state": "RUNNING"}]
        self.refusals: dict[str, Answer] = {}
        """Answers that stand in for what a method would do, by pattern of `METHOD path`."""
        self.first_refresh: Body = {"refresh_id": 1, "state": "PENDING", "start_time_ms": 0}
        self.answers: dict[str, list[Body]] = {}
        """Rows of queries, by a pattern of their SQL."""
        self.only_single_columns = False
        self.change_comment: Callable[[str], str] = lambda text: text
        self.lock = threading.Lock()

    def answer(self, method: str, path: str, body: Body) -> Answer:
        """The status and the body for one request."""
        with self.lock:
            self.requests.append((method, path, body))
            for pattern, refusal in self.refusals.items():
                if re.fullmatch(pattern, f"{method} {path}"):
                    return refusal
            for pattern, handler in self._routes:
                if found := re.fullmatch(pattern, f"{method} {path}"):
                    return handler(*(unquote(group) for group in found.groups()), body)
        return _error(501, "NOT_IMPLEMENTED", f"{method} {path}")

    @property
    def _routes(self) -> list[tuple[str, Callable[..., Answer]]]:
        catalog = "/api/2.1/unity-catalog"
        return [
            (r"GET /\.well-known/databricks-config", self._discover),
            (rf"GET {catalog}/tables/([^/]+)", self._get_table),
            (rf"DELETE {catalog}/tables/([^/]+)", self._delete_table),
            (rf"GET {catalog}/tables", self._list_tables),
            (rf"GET {catalog}/tables/([^/]+)/exists", self._table_exists),
            (rf"(GET|POST|PUT|DELETE) {catalog}/tables/([^/]+)/monitor", self._monitor),
            (rf"(GET|POST) {catalog}/tables/([^/]+)/monitor/refreshes", self._refreshes),
            (rf"GET {catalog}/tables/([^/]+)/monitor/refreshes/([^/]+)", self._refresh),
            (rf"GET {MONITORS_V1}/table/([^/]+)", self._monitor_v1),
            (rf"(GET|POST) {MONITORS_V1}/table/([^/]+)/refreshes", self._refreshes_v1),
            (rf"GET {MONITORS_V1}/table/([^/]+)/refreshes/([^/]+)", self._refresh_v1),
            (rf"POST {catalog}/schemas", self._post_schema),
            (rf"(GET|PATCH|DELETE) {catalog}/schemas/([^/]+)", self._schema),
            (r"GET /api/2\.0/workspace/list", self._list_objects),
            (r"POST /api/2\.0/workspace/delete", self._delete_object),
            (r"DELETE /api/2\.0/lakeview/dashboards/([^/]+)", self._trash_dashboard),
            (r"GET /api/2\.0/sql/warehouses", self._list_warehouses),
            (r"POST /api/2\.0/sql/statements/?", self._post_statement),
        ]

    def _discover(self, _body: Body) -> Answer:
        return 200, {"workspace_id": "900800700600", "host_type": "workspace", "cloud": "AWS"}

    def _get_table(self, name: str, _body: Body) -> Answer:
        if name not in self.tables:
            return _error(404, "TABLE_DOES_NOT_EXIST", f"Table '{name}' does not exist.")
        table = self.tables[name]
        columns = [
            {"name": column, "comment": comment, "position": position}
            for position, (column, comment) in enumerate(table.columns.items())
        ]
        return 200, {
            "full_name": name,
            "table_id": f"id-of-{name}",
            "comment": table.comment,
            "columns": columns,
        }

    def _delete_table(self, name: str, _body: Body) -> Answer:
        if self.tables.pop(name, None) is None:
            return _error(404, "TABLE_DOES_NOT_EXIST", f"Table '{name}' does not exist.")
        return 200, {}

    def _list_tables(self, body: Body) -> Answer:
        schema = f"{body['catalog_name']}.{body['schema_name']}."
        return 200, {"tables": [{"full_name": name} for name in self.tables if name.startswith(schema)]}

    def _list_objects(self, body: Body) -> Answer:
        folder = body["path"]
        if folder not in self.objects:
            return _error(404, "RESOURCE_DOES_NOT_EXIST", f"Path ({folder}) doesn't exist.")
        inside = [path for path in self.objects if path.rpartition("/")[0] == folder]
        return 200, {"objects": [{**self.objects[path], "path": path} for path in inside]}

    def _delete_object(self, body: Body) -> Answer:
        path = body["path"]
        if path not in self.objects:
            return _error(404, "RESOURCE_DOES_NOT_EXIST", f"Path ({path}) doesn't exist.")
        self.objects = {
            name: kept for name, kept in self.objects.items() if not f"{name}/".startswith(f"{path}/")
        }
        return 200, {}

    def _trash_dashboard(self, dashboard_id: str, _body: Body) -> Answer:
        self.trash.append(dashboard_id)
        self.objects = {
            path: kept for path, kept in self.objects.items() if kept.get("resource_id") != dashboard_id
        }
        return 200, {}

    def _table_exists(self, name: str, _body: Body) -> Answer:
        return 200, {"table_exists": name in self.tables}

    def _monitor(self, method: str, table: str, body: Body) -> Answer:
        if method == "POST":
            if table in self.monitors:
                return _error(409, "RESOURCE_ALREADY_EXISTS", f"Data Monitor '{table}' already exists")
            bare = table.rpartition(".")[2]
            kept = {
                key: value
                for key, value in body.items()
                if key not in {"warehouse_id", "skip_builtin_dashboard"}
            }
            names = {
                f"{kind}_metrics_table_name": f"{body['output_schema_name']}.{bare}_{kind}_metrics"
                for kind in ("profile", "drift")
            }
            status = {"table_name": table, "status": "MONITOR_STATUS_ACTIVE", "monitor_version": 0}
            self.monitors[table] = {**kept, **names, **status}
            self.refreshes.setdefault(table, []).insert(0, dict(self.first_refresh))
        if table not in self.monitors:
            return _error(404, "RESOURCE_DOES_NOT_EXIST", f"Cannot find Monitor of {table}")
        if method == "PUT":
            fixed = {
                "table_name",
                "assets_dir",
                "status",
                "profile_metrics_table_name",
                "drift_metrics_table_name",
            }
            old = self.monitors[table]
            kept = {key: value for key, value in old.items() if key in fixed}
            self.monitors[table] = {**kept, **body, "monitor_version": old["monitor_version"] + 1}
        if method == "DELETE":
            del self.monitors[table]
            return 200, {}
        return 200, self.monitors[table]

    def _refreshes(self, method: str, table: str, _body: Body) -> Answer:
        if table not in self.monitors:
            return _error(404, "RESOURCE_DOES_NOT_EXIST", f"Cannot find Monitor of {table}")
        known = self.refreshes.setdefault(table, [])
        if method == "POST":
            known.insert(0, {"refresh_id": len(known) + 1, "state": "PENDING", "start_time_ms": 0})
            return 200, known[0]
        return 200, {"refreshes": known}

    def _refresh(self, table: str, refresh_id: str, _body: Body) -> Answer:
        for refresh in self.refreshes.get(table, []):
            if str(refresh["refresh_id"]) == refresh_id:
                return 200, refresh
        return _error(404, "RESOURCE_DOES_NOT_EXIST", f"no refresh {refresh_id} of {table}")

    def _monitor_v1(self, table_id: str, body: Body) -> Answer:
        table = table_id.removeprefix("id-of-")
        status, monitor = self._monitor("GET", table, body)
        if status != 200:
            return status, monitor
        config = {"status": str(monitor.get("status")).replace("MONITOR_", "DATA_PROFILING_", 1)}
        if "latest_monitor_failure_msg" in monitor:
            config["latest_monitor_failure_message"] = monitor["latest_monitor_failure_msg"]
        return 200, {"object_type": "table", "object_id": table_id, "data_profiling_config": config}

    def _refreshes_v1(self, method: str, table_id: str, body: Body) -> Answer:
        status, answer = self._refreshes(method, table_id.removeprefix("id-of-"), body)
        if status == 200 and method == "GET":
            return 200, {"refreshes": [_refresh_in_v1(refresh) for refresh in answer["refreshes"]]}
        return (200, _refresh_in_v1(answer)) if status == 200 else (status, answer)

    def _refresh_v1(self, table_id: str, refresh_id: str, body: Body) -> Answer:
        status, answer = self._refresh(table_id.removeprefix("id-of-"), refresh_id, body)
        return (200, _refresh_in_v1(answer)) if status == 200 else (status, answer)

    def _post_schema(self, body: Body) -> Answer:
        full_name = f"{body['catalog_name']}.{body['name']}"
        if full_name in self.schemas:
            return _error(400, "SCHEMA_ALREADY_EXISTS", f"Schema '{full_name}' already exists")
        self.schemas[full_name] = {
            **body,
            "full_name": full_name,
            "schema_id": "id",
            "owner": "me",
            "metastore_id": "m",
            "catalog_type": "MANAGED_CATALOG",
        }
        return 200, self.schemas[full_name]

    def _schema(self, method: str, full_name: str, body: Body) -> Answer:
        if full_name not in self.schemas:
            return _error(404, "SCHEMA_DOES_NOT_EXIST", f"Schema '{full_name}' does not exist.")
        if method == "PATCH":
            self.schemas[full_name].update(body)
        if method == "DELETE":
            del self.schemas[full_name]
            return 200, {}
        return 200, self.schemas[full_name]

    def _list_warehouses(self, _body: Body) -> Answer:
        return 200, {"warehouses": self.warehouses}

    def _post_statement(self, body: Body) -> Answer:
        self.statements.append(body["statement"])
        for pattern, rows in self.answers.items():
            if re.search(pattern, body["statement"], re.DOTALL):
                return 200, _result(rows)
        try:
            self._run(body["statement"])
        except ValueError as error:
            status = {"state": "FAILED", "error": {"error_code": "BAD_REQUEST", "message": str(error)}}
            return 200, {"statement_id": "s", "status": status}
        return 200, {"statement_id": "s", "status": {"state": "SUCCEEDED"}}

    def _run(self, statement: str) -> None:
        if found := _ON_TABLE.fullmatch(statement):
            self._table(found.group(1)).comment = self.change_comment(_unescaped(found.groups()[-1]))
            return
        if found := _ALTER.fullmatch(statement):
            written = _COLUMN.findall(found.groups()[-1])
            if "".join(_COLUMN.sub("", found.groups()[-1])) or (
                self.only_single_columns and len(written) > 1
            ):
                raise ValueError("[PARSE_SYNTAX_ERROR] Syntax error at or near ','. SQLSTATE: 42601")
            table = self._table(found.group(1))
            for name, text in written:
                table.columns[name.replace("``", "`")] = self.change_comment(_unescaped(text))
            return
        raise ValueError("[PARSE_SYNTAX_ERROR] Syntax error. SQLSTATE: 42601")

    def _table(self, quoted: str) -> StubTable:
        name = ".".join(part.replace("``", "`") for part in re.findall(_NAME, quoted))
        if name not in self.tables:
            raise ValueError(f"[TABLE_OR_VIEW_NOT_FOUND] {name} SQLSTATE: 42P01")
        return self.tables[name]


def _refresh_in_v1(refresh: Body) -> Body:
    return {**refresh, "state": f"MONITOR_REFRESH_STATE_{refresh['state']}"}


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)


def _result(rows: list[Body]) -> Body:
    names = list(rows[0]) if rows else []
    return {
        "statement_id": "s",
        "status": {"state": "SUCCEEDED"},
        "manifest": {"schema": {"columns": [{"name": name} for name in names]}},
        "result": {
            "data_array": [[None if cell is None else str(cell) for cell in row.values()] for row in rows]
        },
    }


def _error(status: int, code: str, message: str) -> Answer:
    return status, {"error_code": code, "message": message, "details": []}


@contextmanager
def serving(stub: WorkspaceStub, port: int = 0) -> Iterator[str]:
    """Serve ``stub`` on a free port of this machine and give its address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _reply(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or b"{}")
            address = urlsplit(self.path)
            status, answer = stub.answer(self.command, address.path, body | dict(parse_qsl(address.query)))
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("X-Databricks-Org-Id", "900800700600")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _reply  # noqa: N815 - names of the base class

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - name of the base class
            """Keep the tests' output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
