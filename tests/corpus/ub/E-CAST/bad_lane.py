# One lane is out of range.
# RUN: check interp
# IN A: float32[4] 1 2 3 3e9
# REPORT E-CAST 10:26-63
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4,), "float32"), R: T.Buffer((4,), "int32")):
    R[T.ramp(0, 1, 4)] = T.Cast("int32x4", A[T.ramp(0, 1, 4)])
