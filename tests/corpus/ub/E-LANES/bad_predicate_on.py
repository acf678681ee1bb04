# The mask leaves two lanes with one address on.
# RUN: check interp
# REPORT E-LANES 9:5-104
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "float32"), R: T.Buffer((8,), "float32")):
    R.vstore([T.ramp(0, 1, 8) // 4], A[T.ramp(0, 1, 8)], predicate=T.ramp(0, 1, 8) < T.broadcast(2, 8))
