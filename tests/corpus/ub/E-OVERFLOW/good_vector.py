# No lane overflows.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((4,), "int32")):
    R[T.ramp(0, 1, 4)] = T.ramp(2147483644, 1, 4) + T.broadcast(0, 4)
