"""A folder that plays Gradescope's /autograder: our zip unpacked in it, and the real `run_autograder` run.

bubblewrap shows the folder under that name; the rest of this machine is the container's. Docker's default
container is imitated by the capabilities that it leaves to root: it cannot make namespaces.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.sandboxes.walls import site_folders

# what `docker run` leaves to root: Docker's documentation, "Runtime privilege and Linux capabilities"
DOCKER = (
    *("CHOWN", "DAC_OVERRIDE", "FSETID", "FOWNER", "MKNOD", "NET_RAW", "SETGID", "SETUID"),
    *("SETFCAP", "SETPCAP", "NET_BIND_SERVICE", "SYS_CHROOT", "KILL", "AUDIT_WRITE"),
)
SYSTEM_PYTHON = Path("/usr/bin/python3")  # one that every user may read, as in a container


def system_python_fits() -> bool:
    """Whether the system's Python can import what is installed here."""
    if not SYSTEM_PYTHON.exists():
        return False
    version = "import sys; print(*sys.version_info[:2], sep='.')"
    done = subprocess.run([SYSTEM_PYTHON, "-c", version], capture_output=True, text=True)
    return done.stdout.strip() == "{}.{}".format(*sys.version_info[:2])


@dataclass
class Place:
    """One /autograder."""

    folder: Path

    @classmethod
    def unpack(cls, archive: Path, folder: Path) -> Place:
        """What Gradescope does with an uploaded zip, but for `setup.sh`: the packages are those of here."""
        folder.mkdir(mode=0o755)
        with zipfile.ZipFile(archive) as zipped:
            zipped.extractall(folder / "source")
        for name in ("submission", "results", "venv"):
            (folder / name).mkdir()
        shutil.copy(folder / "source" / "run_autograder", folder)
        (folder / "run_autograder").chmod(0o755)
        python = SYSTEM_PYTHON if system_python_fits() else Path(sys.executable)
        make = [python, "-m", "venv", "--without-pip", folder / "venv"]
        subprocess.run(make, check=True)
        return cls(folder)

    def force(self, level: str) -> None:
        """Have the judge take one level of the sandbox, which the desk says."""
        path = self.folder / "source" / "desk.zip"
        with zipfile.ZipFile(path) as old:
            files = {info: old.read(info) for info in old.infolist()}
        with zipfile.ZipFile(path, "w") as new:
            for info, content in files.items():
                if info.filename == "about.json":
                    content = json.dumps(json.loads(content) | {"sandbox": level}).encode()
                new.writestr(info, content)

    def hand_in(self, files: dict[str, bytes], users: tuple[int, ...] = (1234,)) -> None:
        """Put a submission in the place of the last one."""
        submission = self.folder / "submission"
        shutil.rmtree(submission)
        submission.mkdir()
        for name, content in files.items():
            (submission / name).parent.mkdir(parents=True, exist_ok=True)
            (submission / name).write_bytes(content)
        about = {"id": 1, "users": [{"id": user, "email": "a@b", "name": "A"} for user in users]}
        (self.folder / "submission_metadata.json").write_text(json.dumps(about))

    def run(self, *, docker: bool = False) -> subprocess.CompletedProcess[str]:
        """Run /autograder/run_autograder as Gradescope does."""
        command = ["bwrap", "--die-with-parent", "--cap-drop", "ALL"]
        allowed = [f"CAP_{name}" for name in DOCKER] if docker else ["ALL"]
        command += [word for name in allowed for word in ("--cap-add", name)]
        if os.geteuid() != 0:
            command = ["bwrap", "--die-with-parent", "--unshare-user"]
        for entry in sorted(Path("/").iterdir()):
            if entry.is_symlink():
                command += ["--symlink", os.readlink(entry), str(entry)]
            elif entry.name not in ("autograder", "tmp"):
                command += ["--dev-bind", str(entry), str(entry)]
        command += ["--perms", "1777", "--tmpfs", "/tmp"]
        command += ["--bind", str(self.folder), "/autograder"]
        packages = Path("/autograder/venv/lib") / "python{}.{}".format(*sys.version_info[:2])
        command += ["--ro-bind", site_folders()[0], str(packages / "site-packages")]
        command += ["--chdir", "/autograder", "/autograder/run_autograder"]
        variables = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/tmp"}
        return subprocess.run(command, env=variables, capture_output=True, text=True, timeout=900)

    def results(self) -> dict[str, Any] | None:
        """What /autograder/results/results.json says, if it is there."""
        path = self.folder / "results" / "results.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
