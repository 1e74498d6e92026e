"""What the system has kept, seen past its programs: every row, every file, every mail."""

from dataclasses import dataclass, fields
from hashlib import sha256
from pathlib import Path

from deploy.containers.system import Containers
from deploy.local.play.http import PlayFailed, wait_for

Known = dict[str, str]

UNFINISHED = """
SELECT (SELECT count(*) FROM registration.outbox WHERE acknowledged_at IS NULL)
     + (SELECT count(*) FROM agenda.outbox WHERE acknowledged_at IS NULL)
     + (SELECT count(*) FROM certificates.outbox WHERE acknowledged_at IS NULL)
     + (SELECT count(*) FROM registration.inbox WHERE acknowledged_at IS NULL)
     + (SELECT count(*) FROM agenda.inbox WHERE acknowledged_at IS NULL)
     + (SELECT count(*) FROM certificates.inbox WHERE acknowledged_at IS NULL);
"""
# One statement for each table, which psql then executes: its rows counted, and all of them as one number.
TABLES = r"""
SELECT format('SELECT %L, concat_ws('' '', count(*), md5(string_agg(t::text, '''' ORDER BY t::text))) FROM %I.%I t',
              schemaname || '.' || tablename, schemaname, tablename)
FROM pg_tables WHERE schemaname IN ('registration', 'agenda', 'certificates') ORDER BY 1
\gexec
"""


@dataclass(frozen=True)
class Snapshot:
    tables: Known
    documents: Known
    mails: Known
    keys: Known

    @classmethod
    def of(cls, system: Containers) -> "Snapshot":
        """Taken when nothing is under way any more."""
        wait_for("all messages to be acknowledged", lambda: system.sql(UNFINISHED) == [["0"]])
        return cls(
            tables=dict(system.sql(TABLES)),
            documents=files_in(system.volume("documents")),
            mails=files_in(system.mailbox),
            keys=files_in(system.volume("secrets")),
        )

    @property
    def rows(self) -> int:
        return sum(int(facts.split()[0]) for facts in self.tables.values())

    def must_equal(self, earlier: "Snapshot") -> None:
        """Raises PlayFailed with what is lost, new or changed."""
        for field in fields(self):
            before, now = getattr(earlier, field.name), getattr(self, field.name)
            if differing := {name for name in before | now if before.get(name) != now.get(name)}:
                raise PlayFailed(f"{field.name} that are not as they were: {', '.join(sorted(differing))}")


def files_in(folder: Path) -> Known:
    return {
        str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }
