# A histogram by atomic updates.
# RUN: check fmt interp
# IN A: int32[8] 0 1 1 2 3 3 3 0
# OUT C: 2 2 1 3
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), C: T.Buffer((4,), "int32")):
    for i in range(4):
        C[i] = 0
    for i in T.parallel(8):
        T.evaluate(T.atomic_add(C[A[i]], 1))
