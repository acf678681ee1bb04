# The lane that would overlap is off.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((16,), "float32"), R: T.Buffer((16,), "float32")):
    for i in T.parallel(5):
        R.vstore([T.ramp(i * 3, 1, 4)], A[T.ramp(i * 3, 1, 4)], predicate=T.ramp(0, 1, 4) < T.broadcast(3, 4))
