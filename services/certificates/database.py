"""The base of the service's own tables."""

from shared.kit.database import ServiceBase, service_metadata


class Base(ServiceBase):
    metadata = service_metadata()
