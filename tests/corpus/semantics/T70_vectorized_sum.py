# T70: a vectorized loop may not sum into one element (V3, P1).
# IN A: int32[8] 0 1 2 3 4 5 6 7
# REPORT E-RACE 11
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), R: T.Buffer((1,), "int32")):
    R[0] = 0
    for i in T.vectorized(8):
        R[0] = R[0] + A[i]
