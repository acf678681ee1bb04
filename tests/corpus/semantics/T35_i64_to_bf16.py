# T35: int64 to bfloat16 rounds once (C1).
# IN A: int64[1] 1103806595073
# OUT R: 0x5381
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((1,), "int64"), R: T.Buffer((1,), "bfloat16")):
    for i in range(1):
        R[i] = T.Cast("bfloat16", A[i])
