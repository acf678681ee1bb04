# One lane divides by 0.
# RUN: check interp
# REPORT E-DIVZERO 9:26-64
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((4,), "int32")):
    R[T.ramp(0, 1, 4)] = T.broadcast(12, 4) // T.ramp(-3, 1, 4)
