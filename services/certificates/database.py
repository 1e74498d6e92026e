"""The base of the service's own tables."""

from shared.kit.database import ServiceBase, service_metadata


class Base(ServiceBase):
    """Certificates' tables; they stand in the schema `certificates`."""

    __abstract__ = True
    metadata = service_metadata()
