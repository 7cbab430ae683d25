"""What can go wrong in the workspace, said without HTTP; `server/errors.py` gives each its status code."""

from __future__ import annotations


class WorkspaceError(Exception):
    """A request that cannot be carried out; `code` is the service's error code."""

    code = "INTERNAL_ERROR"


class InvalidParameterError(WorkspaceError):
    """A value that is not allowed."""

    code = "INVALID_PARAMETER_VALUE"


class MalformedRequestError(WorkspaceError):
    """A body or query that has the wrong shape or an unknown field."""

    code = "MALFORMED_REQUEST"


class BadRequestError(WorkspaceError):
    """A request that the present state does not allow."""

    code = "BAD_REQUEST"


class FolderNotEmptyError(WorkspaceError):
    """A folder with entries, to be deleted without them."""

    code = "DIRECTORY_NOT_EMPTY"


class NotFoundError(WorkspaceError):
    """A thing that is not there."""

    code = "RESOURCE_DOES_NOT_EXIST"


class TableNotFoundError(NotFoundError):
    """A table that is not there."""

    code = "TABLE_DOES_NOT_EXIST"


class SchemaNotFoundError(NotFoundError):
    """A schema that is not there."""

    code = "SCHEMA_DOES_NOT_EXIST"


class PermissionDeniedError(WorkspaceError):
    """Something that the caller may not do."""

    code = "PERMISSION_DENIED"


class ChangedMeanwhileError(WorkspaceError):
    """A change that was made from an older state than the present one."""

    code = "ABORTED"


class AlreadyExistsError(WorkspaceError):
    """A thing that is there already."""

    code = "RESOURCE_ALREADY_EXISTS"


class ExhaustedError(WorkspaceError):
    """A request for which there is no memory left at the moment; clients of the service repeat it."""

    code = "TEMPORARILY_UNAVAILABLE"


class UnimplementedError(WorkspaceError):
    """Something that the service documents and does not carry out."""

    code = "NOT_IMPLEMENTED"
