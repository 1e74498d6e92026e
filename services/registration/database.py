"""Base of registration's own tables; they stand in the schema `registration`."""

from shared.kit.database import ServiceBase, service_metadata


class Base(ServiceBase):
    """Registration's tables."""

    __abstract__ = True
    metadata = service_metadata()
