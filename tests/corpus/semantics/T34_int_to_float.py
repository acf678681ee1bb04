# T34: int32 to float32 rounds to nearest even (C1).
# IN A: int32[2] 16777217 16777219
# OUT R: 16777216 16777220
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((2,), "int32"), R: T.Buffer((2,), "float32")):
    for i in range(2):
        R[i] = T.Cast("float32", A[i])
