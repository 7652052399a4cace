"""Processes that have Terraform loaded, each for hundreds of its commands.

To load the library takes 0.1 to 0.2 s, and a command on a small stack 10 ms. So a session loads it
once for each thread, and runs the commands of all stacks there.
"""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from provider_schema.blocks import ProviderSchema
from rehearsal.server import Attachment, reattach
from rehearsal.terraform import environment, library, python, write_executable
from rehearsal.warm_client import send


class WarmTerraform:
    """A process that has the library loaded, for providers of these schemas.

    ``folder`` gets its socket, and a link to the providers of the command that runs; ``name`` is
    that of both.
    """

    def __init__(
        self,
        folder: Path,
        name: str,
        schemas: tuple[ProviderSchema, ...],
        home: Path,
        group: int,
    ) -> None:
        self.schemas = schemas
        self.address, link = folder / f"{name}.run", folder / name
        serve = (
            "import sys, terraform, warm_server; from pathlib import Path; "
            f"warm_server.serve(terraform.Library({str(library())!r}).run, "
            f"int(sys.argv[1]), Path({str(link)!r}))"
        )
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(self.address))
            listener.listen()
            self._process = subprocess.Popen(
                [*python(serve), str(listener.fileno())],
                env={
                    **environment(reattach([s.name for s in schemas], link), {}, home),
                    "TF_LOG": "INFO",
                },
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[listener.fileno()],
                process_group=group,
            )

    def run(
        self,
        folder: Path,
        arguments: Sequence[str],
        providers: Path,
        variables: Mapping[str, str],
    ) -> tuple[int, str] | None:
        """Run a command; return its exit code and the output of both streams.

        Returns None if the process ends meanwhile: Terraform panicked, or somebody killed it.
        """
        texts = [f"{name}={value}" for name, value in variables.items()]
        with tempfile.TemporaryFile() as output:
            number = output.fileno()
            try:
                code = send(
                    str(self.address),
                    (number, number),
                    str(folder),
                    str(providers),
                    arguments,
                    texts,
                )
            except OSError:
                return None
            if code is None:
                return None
            return code, os.pread(number, os.fstat(number).st_size, 0).decode()

    def write_launcher(self, file: Path, providers: Path) -> None:
        """Write an executable that behaves as ``terraform`` with these providers.

        There are two differences. Of the caller's environment only the ``TF_VAR_…`` count; they are
        handed over as a file of variables, which only this user can read and which is gone after
        the command. And nothing stops a command but the end of the process.
        """
        ask = f"import warm_client; warm_client.ask({str(self.address)!r}, {str(providers)!r})"
        write_executable(file, python(ask))

    def close(self) -> int:
        """End the process; return its code."""
        self._process.kill()
        code = self._process.wait()
        self.address.unlink(missing_ok=True)
        return code


class WarmTerraforms:
    """As many processes as there are commands at once.

    One for other schemas makes room when it is idle.
    """

    def __init__(self, folder: Path, home: Path, group: int) -> None:
        self._folder, self._home, self._group = folder, home, group
        self._lock = threading.Lock()
        self._idle: list[WarmTerraform] = []
        self._busy: list[WarmTerraform] = []
        self._count = 0

    def run(
        self,
        folder: Path,
        arguments: Sequence[str],
        attachment: Attachment,
        variables: Mapping[str, str],
    ) -> tuple[int, str]:
        """Run a command in an idle process; return its exit code and the output of both streams."""
        process = self.take(attachment.schemas)
        answer = process.run(folder, arguments, attachment.folder, variables)
        with self._lock:
            if process in self._busy:
                self._busy.remove(process)
            if answer is not None:
                self._idle.append(process)
                return answer
        code = process.close()
        return code or 1, f"Error: terraform {arguments[0]} ended by itself, with {code}"

    def take(self, schemas: tuple[ProviderSchema, ...]) -> WarmTerraform:
        """Return a process for providers of these schemas, which runs commands of nobody else."""
        with self._lock:
            process = next((p for p in self._idle if p.schemas == schemas), None)
            if process is None:
                if self._idle:
                    self._idle.pop(0).close()
                self._count += 1
                name = f"t{self._count}"
                process = WarmTerraform(self._folder, name, schemas, self._home, self._group)
            else:
                self._idle.remove(process)
            self._busy.append(process)
            return process

    def close(self) -> None:
        """End all processes; commands that run in them fail."""
        with self._lock:
            processes, self._idle, self._busy = [*self._idle, *self._busy], [], []
        for process in processes:
            process.close()
