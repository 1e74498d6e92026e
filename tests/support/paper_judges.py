"""What programs that are not ours say of a PDF: PDFBox Preflight, pdfua, qpdf, poppler."""

import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pdfua
import pytest
from lxml import etree

JAVA = Path("/usr/share/java")
PREFLIGHT = ("preflight", "pdfbox2", "fontbox2", "xmpbox", "commons-logging", "javax.activation", "jaxb-api")
JARS = [JAVA / f"{name}.jar" for name in PREFLIGHT]


def preflight(papers: Mapping[str, bytes]) -> dict[str, list[str]]:
    """What keeps each paper from being PDF/A-1; all in one run, because Java takes its time to start."""
    if missing := [jar.name for jar in JARS if not jar.exists()]:
        pytest.skip(  # Only root can install a Debian package; CI is root, and there a skip is a failure.
            f"PDFBox Preflight is not on this machine ({', '.join(missing)}): make test installs it for root"
        )
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder) / "papers"
        listed.write_text("\n".join(str(path) for path in _written(papers, Path(folder))))
        program = ["java", "-cp", ":".join(map(str, JARS)), "org.apache.pdfbox.preflight.Validator_A1b"]
        subprocess.run([*program, "xml", "group", listed], check=True, capture_output=True)
        report = etree.parse(f"{listed}.preflight.xml")
    return {
        Path(str(each.get("name"))).stem: [str(error.text) for error in each.findall(".//details")]
        + ([] if each.findtext("isValid") == "true" or each.find(".//details") is not None else ["not valid"])
        for each in report.findall(".//preflight")
    }


def barriers(pdf: bytes) -> list[str]:
    """What pdfua finds that somebody who cannot see the page would stumble over."""
    with tempfile.TemporaryDirectory() as folder:
        [path] = _written({"paper": pdf}, Path(folder))
        return [f"{finding.rule_id} {finding.message}" for finding in pdfua.validate(str(path)).findings]


def damages(pdf: bytes) -> str:
    """What qpdf finds wrong with the file's syntax; empty where it finds nothing."""
    with tempfile.TemporaryDirectory() as folder:
        [path] = _written({"paper": pdf}, Path(folder))
        done = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True, check=False)
        return done.stdout + done.stderr if done.returncode else ""


def signatures(pdf: bytes) -> str:
    """What poppler says of the signatures."""
    with tempfile.TemporaryDirectory() as folder:
        [path] = _written({"paper": pdf}, Path(folder))
        done = subprocess.run(["pdfsig", "-nocert", path], capture_output=True, text=True, check=False)
        return done.stdout


def read_out(pdf: bytes) -> str:
    """The structure with its text, in the order in which poppler reads it out."""
    done = subprocess.run(["pdfinfo", "-struct-text", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode()


def _written(papers: Mapping[str, bytes], folder: Path) -> list[Path]:
    paths = [folder / f"{name}.pdf" for name in papers]
    for path, pdf in zip(paths, papers.values(), strict=True):
        path.write_bytes(pdf)
    return paths
