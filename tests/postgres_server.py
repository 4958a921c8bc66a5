"""A PostgreSQL server of our own, in a folder of its own: for tests of a gradebook on a server."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from psycopg import Connection, connect
from psycopg.sql import SQL, Identifier


class Server:
    """A throw-away cluster, reached by a socket; PostgreSQL refuses to run as root."""

    def __init__(self, programs: Path, folder: Path, user: str | None) -> None:
        self._programs, self._folder, self._user = programs, folder, user
        self._run("initdb", "-D", folder / "data", "-U", "course", "-A", "trust", "-N")

    def url(self, database: str) -> str:
        """Make a database, and return its URL."""
        with self.connect("postgres") as connection:
            connection.execute(SQL("CREATE DATABASE {}").format(Identifier(database)))
        return f"postgresql+psycopg://course@/{database}?host={self._folder}"

    def connect(self, database: str) -> Connection:
        return connect(dbname=database, user="course", host=str(self._folder), autocommit=True)

    def runs(self) -> bool:
        return (self._folder / "data" / "postmaster.pid").exists()

    def _run(self, program: str, *words: str | Path) -> None:
        command = [str(word) for word in (self._programs / program, *words)]
        with open(self._folder / f"{program}.log", "a+b") as log:
            groups: list[int] | None = [] if self._user else None
            done = subprocess.run(
                command,
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                user=self._user,
                extra_groups=groups,
                check=False,
            )
            log.seek(0)
            assert done.returncode == 0, log.read().decode(errors="replace")

    def start(self) -> None:
        options = f"-c listen_addresses='' -c unix_socket_directories='{self._folder}'"
        log = self._folder / "server.log"
        self._run("pg_ctl", "start", "-w", "-D", self._folder / "data", "-o", options, "-l", log)

    def stop(self) -> None:
        """Stop it as a crash would."""
        self._run("pg_ctl", "stop", "-m", "immediate", "-D", self._folder / "data")


def programs() -> Path | None:
    """Where the server's programs are: Debian and Ubuntu keep them off PATH."""
    found = shutil.which("initdb")
    places = [Path(found).resolve().parent] if found else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return next((place for place in places if (place / "postgres").exists()), None)


@contextmanager
def running(place: Path) -> Iterator[Server]:
    """A server that runs while the block does."""
    user = None
    # not pytest's own folder: its parents are closed to other users
    with tempfile.TemporaryDirectory(prefix="course-postgres-") as name:
        if os.geteuid() == 0:
            user = "nobody"
            shutil.chown(name, user)
        server = Server(place, Path(name), user)
        server.start()
        try:
            yield server
        finally:
            if server.runs():
                server.stop()
