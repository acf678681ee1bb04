# T62: 256 is true (C3).
# IN A: int32[2] 256 0
# OUT R: 1 0
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((2,), "int32"), R: T.Buffer((2,), "bool")):
    for i in range(2):
        R[i] = T.Cast("bool", A[i])
