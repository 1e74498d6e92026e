"""How much memory a running stack takes: PSS, in which a page shared by n processes counts 1/n in each."""

from dataclasses import dataclass
from pathlib import Path

import psutil

from deploy.local import leftovers

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Share:
    name: str
    mebibytes: float


def shares(var: Path) -> list[Share]:
    """The shares of the programs of the stack that runs in `var`, the largest first; [] where none runs."""
    record = leftovers.read(var)
    if record is None or not psutil.pid_exists(record.supervisor):
        return []
    supervisor = psutil.Process(record.supervisor)
    programs = [Share(title(program), pss_of_tree(program)) for program in supervisor.children()]
    own = Share("supervisord", pss(supervisor))
    return sorted([*programs, own], key=lambda share: -share.mebibytes)


def pss_of_tree(program: psutil.Process) -> float:
    return sum(pss(process) for process in (program, *program.children(recursive=True)))


def pss(process: psutil.Process) -> float:
    try:
        return float(process.memory_full_info().pss) / MEBIBYTE
    except psutil.NoSuchProcess:
        return 0.0


def title(program: psutil.Process) -> str:
    """The words of the command line that tell one program from another: `python uvicorn services.agenda…`."""
    words = [word for word in program.cmdline() if word and not word.startswith("-")]
    return " ".join(Path(word).name for word in words[:3])
