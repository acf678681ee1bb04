# T15: an int8 product is not widened by the cast behind it (I1).
# IN A: int8[1] 100
# OUT R: 16
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((1,), "int8"), R: T.Buffer((1,), "int32")):
    for i in range(1):
        R[i] = T.Cast("int32", A[i] * A[i])
