# A maximum by atomic updates.
# RUN: check fmt interp
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), C: T.Buffer((1,), "int32")):
    C[0] = -2147483648
    for i in T.parallel(8):
        T.evaluate(T.atomic_max(C[0], A[i]))
