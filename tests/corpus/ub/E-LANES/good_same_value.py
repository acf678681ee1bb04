# A vector read may use an address twice.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4,), "int32"), R: T.Buffer((4,), "int32")):
    R[T.ramp(0, 1, 4)] = A[T.ramp(0, 1, 4) // 2]
