# All lanes of a vector read were written.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "float32"), R: T.Buffer((4,), "float32")):
    L = T.alloc_buffer((8,), "float32")
    L[T.ramp(0, 1, 8)] = A[T.ramp(0, 1, 8)]
    R[T.ramp(0, 1, 4)] = L[T.ramp(1, 1, 4)]
