# a read of A[i - 1] in the context `thread`.
# IN A: float32[8] 0 1 2 3 4 5 6 7
# IN B: int32[8] 0 1 2 3 4 5 8 7
# REPORT E-OOB 14
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "float32"), B: T.Buffer((8,), "int32"), R: T.Buffer((8,), "float32")):
    for b in T.thread_binding(2, thread="blockIdx.x"):
        for t in T.thread_binding(4, thread="threadIdx.x"):
            with T.sblock("R"):
                vi = T.axis.spatial(8, b * 4 + t)
                R[vi] = A[vi - 1]
