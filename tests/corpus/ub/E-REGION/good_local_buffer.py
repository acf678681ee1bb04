# Buffers that the instance allocates need not be listed.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), R: T.Buffer((8,), "int32")):
    for i in range(8):
        with T.sblock("R"):
            vi = T.axis.spatial(8, i)
            T.reads(A[vi])
            T.writes(R[vi])
            L = T.sblock_alloc_buffer((1,), "int32")
            L[0] = A[vi]
            R[vi] = L[0]
