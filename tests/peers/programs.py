"""What the scripts beside this one share: the test programs, their inputs, the oracle, exact comparison."""
import dataclasses
import json
import os
import pathlib
import subprocess

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
CORPUS = pathlib.Path(os.environ.get("TIRADE_CORPUS", ROOT / ".." / "shared" / "corpus"))


@dataclasses.dataclass
class Program:
    """A script that can be run, and what it is run on."""

    name: str
    path: pathlib.Path
    func: str | None = None
    arrays: dict = dataclasses.field(default_factory=dict)
    sets: list = dataclasses.field(default_factory=list)
    defined: bool = True

    def command(self, binary, verb, folder):
        """`BINARY VERB FILE` with the inputs, which are written to `folder`."""
        command = [binary, verb, str(self.path), "-q", "--message-format", "short"]
        if self.func:
            command += ["--func", self.func]
        if self.arrays:
            np.savez(folder / "in.npz", **self.arrays)
            command += ["--inputs", str(folder / "in.npz")]
        for setting in self.sets:
            command += ["--set", setting]
        return command

    def run(self, binary, verb, folder, *options, timeout=300):
        """The arrays after the run; or a string that says why there are none."""
        out = folder / f"{verb}.npz"
        out.unlink(missing_ok=True)
        command = [*self.command(binary, verb, folder), "--outputs", str(out), *options]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=timeout)
        except subprocess.TimeoutExpired:
            return "timeout"
        if done.returncode != 0:
            return f"exit {done.returncode}: {(done.stderr.strip().splitlines() or [''])[0][:200]}"
        with np.load(out) as arrays:
            return {name: arrays[name] for name in arrays.files}

    def oracle(self, binary, folder):
        """What the interpreter says. Programs that overflow and the like have a value all the same."""
        checks = [] if self.defined else ["--checks", "none"]
        return self.run(binary, "interp", folder, *checks)


def collect(corpus=False, only="", groups="", limit=None):
    """The semantics' cases and the examples; with `corpus` the operator corpus instead."""
    if corpus:
        rows = [json.loads(line) for line in (CORPUS / "manifest.jsonl").read_text().splitlines()]
        rows = [row for row in rows if not groups or row["group"] in groups.split(",")]
        found = [_from_row(row) for row in rows if only in row["name"]]
    else:
        folders = [ROOT / "tests" / "corpus" / "semantics", ROOT / "examples"]
        paths = [path for folder in folders for path in sorted(folder.glob("*.py")) if only in path.name]
        found = [program for path in paths if (program := _from_directives(path))]
    return found if limit is None else found[:: max(1, len(found) // limit)][:limit]


def _from_row(row):
    with np.load(CORPUS / (row["name"] + ".in.npz")) as arrays:
        arrays = {name: arrays[name] for name in arrays.files}
    sets = [f"{p['name']}={str(p['value']).lower() if isinstance(p['value'], bool) else p['value']}"
            for p in row["params"] if p["kind"] == "scalar"]
    sets += [f"{name}={value}" for name, value in row.get("symbolic", {}).items()]
    return Program(row["name"], CORPUS / (row["name"] + ".py"), row["entry"], arrays, sets)


def _from_directives(path):
    text = path.read_text()
    lines = [line.strip()[2:] for line in text.splitlines() if line.strip().startswith("# ")]
    program = Program(path.stem, path)
    has_outputs = False
    for line in lines:
        head, _, rest = line.partition(":")
        words = head.split()
        if words[:1] == ["ERROR"]:
            return None
        if words[:1] == ["REPORT"]:
            program.defined = False
        if words == ["FUNC"]:
            program.func = rest.strip()
        if words == ["SET"]:
            program.sets = rest.split()
        if words == ["RUN"] and "run" not in rest.split():
            return None
        if words[:1] == ["OUT"]:
            has_outputs = True
        if words[:1] == ["IN"]:
            program.arrays[words[1]] = _array(*rest.split(maxsplit=1))
    return program if program.defined or has_outputs else None


def _array(spec, elements=""):
    dtype, _, shape = spec.partition("[")
    shape = [int(n) for n in shape.rstrip("]").split(",") if n]
    dtype = {"bfloat16": "uint16"}.get(dtype, dtype)
    values = [_element(word, np.dtype(dtype), spec) for word in elements.split()]
    return np.array(values, dtype=dtype).reshape(shape)


def _element(word, dtype, spec):
    if word.startswith("0x"):
        bits = int(word, 16)
        return np.frombuffer(bits.to_bytes(dtype.itemsize, "little"), dtype=dtype)[0]
    if spec.startswith("bfloat16"):
        return np.frombuffer(np.float32(word).tobytes(), dtype=np.uint16)[1]
    if dtype.kind == "f":
        return dtype.type(word)
    return {"true": 1, "false": 0}.get(word) if word in ("true", "false") else int(word)


def difference(expected, found):
    """Empty if all arrays have the same bits, any two NaNs aside; else what differs."""
    for name, want in expected.items():
        got = found.get(name)
        if got is None or got.dtype != want.dtype or got.shape != want.shape:
            return f"{name}: another type or shape"
        same = np.atleast_1d(got).view(f"u{want.dtype.itemsize}") == np.atleast_1d(want).view(f"u{want.dtype.itemsize}")
        if want.dtype.kind == "f":
            same |= np.atleast_1d(np.isnan(got) & np.isnan(want))
        if not same.all():
            at = int(np.argmin(same))
            return f"{name}: {np.count_nonzero(~same)} elements, the first is {got.flat[at]!r}, not {want.flat[at]!r}"
    return ""
