# A name of a buffer or an axis that was defined in the same block again was taken for a new one.
# RUN: check
# ERROR TIR0418 12:5-6
# ERROR TIR0418 16:13-15
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(X: T.Buffer((4,), "int32")):
    A = T.alloc_buffer((4,), "int32")
    A[0] = 1
    A = T.alloc_buffer((8,), "int32")
    for i in range(4):
        with T.sblock("b"):
            vi = T.axis.spatial(4, i)
            vi = T.axis.spatial(4, i)
            X[vi] = vi
