# T28: Select evaluates both arms (L2).
# IN A: int32[1] 0
# REPORT E-DIVZERO 10
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((1,), "int32"), R: T.Buffer((1,), "int32")):
    for i in range(1):
        R[i] = T.Select(A[i] != 0, T.truncdiv(100, A[i]), -1)
