# Vector stores side by side.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((16,), "float32"), R: T.Buffer((16,), "float32")):
    for i in T.parallel(4):
        R[T.ramp(i * 4, 1, 4)] = A[T.ramp(i * 4, 1, 4)]
