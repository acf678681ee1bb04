# T68: a vectorized loop may not carry a value (V3, P1).
# IN A: int32[9] 0 1 2 3 4 5 6 7 8
# REPORT E-RACE 10
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((9,), "int32")):
    for i in T.vectorized(8):
        A[i + 1] = A[i]
