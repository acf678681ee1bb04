# T29: an arm of Select that is not taken must be in bounds too (L2).
# IN A: int32[1] 0
# REPORT E-OOB 9
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((1,), "int32"), B: T.Buffer((8,), "int32"), R: T.Buffer((1,), "int32")):
    R[0] = T.Select(A[0] < 1, A[0], B[A[0] + 100])
