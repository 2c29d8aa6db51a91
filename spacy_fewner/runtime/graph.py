"""An ONNX graph as onnxruntime runs it: from bytes, in any thread, after a fork, in a copy."""

import os
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..encoders.locking import MAKING_READY
from ..encoders.stored import REMEDY
from ..errors import FewnerError

ANEW = "Export the pipeline anew with this version, or update onnxruntime."
# Its kernel adds and normalises number by number on a CPU: without it int8 MiniLM read 10,362 words
# a CPU-second, with it 9,024.
_SLOW = ["SkipLayerNormFusion"]


class Graph:
    """data: an .onnx file. name: errors call it.

    The session is made at the first use, and anew in a forked process, which inherits a session's
    threads in name only and would wait for them forever; there it has one thread. OMP_NUM_THREADS
    limits the threads elsewhere, as it does those of torch.
    """

    def __init__(self, data: bytes, name: str):
        self.data, self.name = data, name
        self._session: Any = None
        self._process = self._home = os.getpid()

    def __getstate__(self) -> dict[str, Any]:
        return {"data": self.data, "name": self.name}

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        self.__init__(state["data"], state["name"])  # type: ignore[misc]

    def run(self, inputs: Mapping[str, np.ndarray]) -> list[np.ndarray]:
        """Outputs in the graph's order; inputs that it has no use for are left out. Raises
        FewnerError for a graph that does not run here."""
        session = self._ready()
        names = [one.name for one in session.get_inputs()]
        try:
            return session.run(None, {name: inputs[name] for name in names})
        except Exception as error:  # onnxruntime's own kinds have no common base
            raise self._fault("must run with what it is given", error, ANEW) from error

    def _ready(self) -> Any:
        if self._session is None or self._process != os.getpid():
            with MAKING_READY:
                if self._session is None or self._process != os.getpid():
                    self._session, self._process = self._open(), os.getpid()
        return self._session

    def _open(self) -> Any:
        runtime = onnxruntime()
        options = runtime.SessionOptions()
        options.intra_op_num_threads = 1 if os.getpid() != self._home else _threads()
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            return runtime.InferenceSession(
                self.data, options, providers=_providers(runtime), disabled_optimizers=_SLOW
            )
        except Exception as error:
            raise self._fault("must be a graph that onnxruntime can run", error, ANEW) from error

    def _fault(self, rule: str, error: Exception, remedy: str) -> FewnerError:
        said = (str(error).strip() or type(error).__name__).splitlines()[0]
        damaged = "protobuf" in said.lower()
        return FewnerError(self.name, rule, said, REMEDY if damaged else remedy)


def onnxruntime() -> Any:
    """The library. Raises FewnerError where it is not installed."""
    # It reports to its makers otherwise, and what is read here is nobody's business.
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    try:
        import onnxruntime
    except ImportError as error:
        rule = "must be installed to run an exported pipeline"
        remedy = "Run: pip install onnxruntime"
        raise FewnerError("onnxruntime", rule, "no such package", remedy) from error
    return onnxruntime


def _threads() -> int:
    """0 is one for each core."""
    said = os.environ.get("OMP_NUM_THREADS", "").split(",")[0].strip()
    return int(said) if said.isdigit() else 0


def _providers(runtime: Any) -> list[str]:
    wanted = ("CUDAExecutionProvider", "CPUExecutionProvider")
    return [one for one in wanted if one in runtime.get_available_providers()]
