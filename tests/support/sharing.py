"""Which tests run in the same process of `make test`: those that share what is costly to set up."""

from xdist.scheduler import LoadScopeScheduling

from deploy.local.stack import Stack

# The two running products that tests look at from outside, by the names of their fixtures, and where these tests stand.
RUNNING = {
    "demo": ("tests/journeys/",),
    "stack": ("tests/browser/", "tests/deploy/test_parking.py", "tests/deploy/test_stack.py"),
}
# Those that run in this process.
STACKS: dict[str, Stack] = {}


class SideBySide(LoadScopeScheduling):
    """Hands out whole groups, in the order of collection."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


def group_of(nodeid: str) -> str:
    """A running product, or the test's own file: what a file's tests share is set up once."""
    path = nodeid.partition("::")[0]
    return next((name for name, places in RUNNING.items() if path.startswith(places)), path)
