# T17: (a - b) < a is false in uint32 for a = 1, b = 2 (I1).
# IN A: uint32[1] 1
# IN B: uint32[1] 2
# OUT R: 0
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((1,), "uint32"), B: T.Buffer((1,), "uint32"), R: T.Buffer((1,), "bool")):
    for i in range(1):
        R[i] = A[i] - B[i] < A[i]
