# Vector stores of neighbouring iterations overlap in one element.
# RUN: check interp
# REPORT E-RACE 10:9-56
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((16,), "float32"), R: T.Buffer((16,), "float32")):
    for i in T.parallel(5):
        R[T.ramp(i * 3, 1, 4)] = A[T.ramp(i * 3, 1, 4)]
