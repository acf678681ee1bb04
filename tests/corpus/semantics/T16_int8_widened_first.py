# T16: cast to int32 first, then multiply (C1).
# IN A: int8[1] -128
# OUT R: 16384
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((1,), "int8"), R: T.Buffer((1,), "int32")):
    for i in range(1):
        R[i] = T.Cast("int32", A[i]) * T.Cast("int32", A[i])
