# T.shift_right(A[i], B[i]) in the context `thread`.
# IN A: int8[8] 1 2 3 4 5 6 7 8
# IN B: int8[8] 1 1 1 1 1 1 8 1
# REPORT E-SHIFT 14
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int8"), B: T.Buffer((8,), "int8"), R: T.Buffer((8,), "int8")):
    for b in T.thread_binding(2, thread="blockIdx.x"):
        for t in T.thread_binding(4, thread="threadIdx.x"):
            with T.sblock("R"):
                vi = T.axis.spatial(8, b * 4 + t)
                R[vi] = T.shift_right(A[vi], B[vi])
