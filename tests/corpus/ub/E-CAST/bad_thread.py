# T.Cast("uint8", A[i]) in the context `thread`.
# IN A: float32[8] 1 2 3 4 5 256 7 8
# IN B: float32[8] 1 2 3 4 5 6 7 8
# REPORT E-CAST 14
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "float32"), B: T.Buffer((8,), "float32"), R: T.Buffer((8,), "uint8")):
    for b in T.thread_binding(2, thread="blockIdx.x"):
        for t in T.thread_binding(4, thread="threadIdx.x"):
            with T.sblock("R"):
                vi = T.axis.spatial(8, b * 4 + t)
                R[vi] = T.Cast("uint8", A[vi])
