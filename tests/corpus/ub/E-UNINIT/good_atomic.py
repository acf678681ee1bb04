# An atomic update of a counter that was set.
# RUN: check fmt interp
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((1,), "int32")):
    C = T.alloc_buffer((1,), "int32")
    C[0] = 0
    for i in T.parallel(4):
        T.evaluate(T.atomic_add(C[0], 1))
    R[0] = C[0]
